"""Statements that are built once.

The ORM builds every statement anew, at five to ten times what it takes to run it. On the way from a question to its
first word that is most of the time, so the few statements there are built at their first use and kept. They read and
write the same models and fields, and know nothing of defaults in the database, expressions, signals or joins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

M = TypeVar("M", bound=models.Model)
Convert = Callable[[Any, Any, Any], Any]


def insert(row: M) -> M:
    """Store a new row with all its fields, and give it its key."""
    model, connection = type(row), _connection()
    values = [_prepared(field, field.pre_save(row, add=True), connection) for field in _fields(model)]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(model, connection.vendor), values)
        row.pk = cursor.fetchone()[0]
    row._state.adding = False
    row._state.db = DEFAULT_DB_ALIAS
    return row


def update(model: type[models.Model], where: dict[str, Any], **changes: Any) -> int:
    """Write `changes` into the rows whose fields are equal to `where` (never null), and say how many those were."""
    connection = _connection()
    given = [*changes.items(), *where.items()]
    values = [_prepared(_column(model, name), _plain(value), connection) for name, value in given]
    with connection.cursor() as cursor:
        cursor.execute(_update(model, tuple(changes), tuple(where), connection.vendor), values)
        return int(cursor.rowcount)


class Lookup(Generic[M]):
    """The rows of a model whose fields `names` are equal to given values (never null), in the order of their keys."""

    def __init__(self, model: type[M], *names: str) -> None:
        self._model, self._names = model, names

    def all(self, *values: Any) -> list[M]:
        connection = _connection()
        sql, attributes, converts = _selection(self._model, self._names, connection.vendor)
        columns = (_column(self._model, name) for name in self._names)
        given = [column.get_db_prep_value(value, connection) for column, value in zip(columns, values, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            rows = cursor.fetchall()
        return [
            self._model.from_db(DEFAULT_DB_ALIAS, attributes, _converted(row, converts, connection)) for row in rows
        ]

    def first(self, *values: Any) -> M | None:
        return next(iter(self.all(*values)), None)


def _connection() -> BaseDatabaseWrapper:
    """The thread's own, found once: what Django calls `connection` looks for it at every touch."""
    return connections[DEFAULT_DB_ALIAS]


def _prepared(field: models.Field[Any, Any], value: Any, connection: BaseDatabaseWrapper) -> Any:
    return None if value is None else field.get_db_prep_save(value, connection)


def _converted(
    row: Sequence[Any], converts: Sequence[tuple[int, Convert, Any]], connection: BaseDatabaseWrapper
) -> list[Any]:
    values = list(row)
    for place, convert, column in converts:
        values[place] = convert(values[place], column, connection)
    return values


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


@cache
def _fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


@cache
def _column(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    return next(each for each in model._meta.concrete_fields if name in (each.name, "pk" if each.primary_key else ""))


@cache
def _quoted(model: type[models.Model], name: str = "", vendor: str = "") -> str:
    """The name of a column, or of the table."""
    return _connection().ops.quote_name(str(_column(model, name).column) if name else model._meta.db_table)


@cache
def _insertion(model: type[models.Model], vendor: str) -> str:
    columns = ", ".join(_quoted(model, field.name, vendor) for field in _fields(model))
    places = ", ".join(["%s"] * len(_fields(model)))
    table, key = _quoted(model, "", vendor), _quoted(model, "pk", vendor)
    return f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {key}"  # noqa: S608


@cache
def _update(model: type[models.Model], changes: tuple[str, ...], where: tuple[str, ...], vendor: str) -> str:
    written, seen = ([f"{_quoted(model, name, vendor)} = %s" for name in names] for names in (changes, where))
    return f"UPDATE {_quoted(model, '', vendor)} SET {', '.join(written)} WHERE {' AND '.join(seen)}"  # noqa: S608


@cache
def _selection(
    model: type[models.Model], names: tuple[str, ...], vendor: str
) -> tuple[str, list[str], list[tuple[int, Convert, Any]]]:
    """The statement, the attributes in the order of its columns, and what turns columns into values."""
    fields = model._meta.concrete_fields
    columns = ", ".join(_quoted(model, field.name, vendor) for field in fields)
    seen = " AND ".join(f"{_quoted(model, name, vendor)} = %s" for name in names)
    table, key = _quoted(model, "", vendor), _quoted(model, "pk", vendor)
    sql = f"SELECT {columns} FROM {table} WHERE {seen} ORDER BY {key}"  # noqa: S608
    return sql, [field.attname for field in fields], [each for place in enumerate(fields) for each in _converts(*place)]


def _converts(place: int, field: models.Field[Any, Any]) -> list[tuple[int, Convert, Any]]:
    connection = _connection()
    column = field.get_col(field.model._meta.db_table)
    found = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
    return [(place, convert, column) for convert in found]
