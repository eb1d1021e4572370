"""Statements that are built once.

The ORM builds every statement anew, at five to ten times what it takes to run it. On the way from a question to its
first word that is most of the time, and in the steps of jobs too, so the few statements there are built at their first
use and kept. They read and write the same models and fields, and know nothing of defaults in the database, signals, or
other expressions than `FromNow`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState

from conversations import clock

M = TypeVar("M", bound=models.Model)
MOMENT = {"sqlite": "%s", "postgresql": "STATEMENT_TIMESTAMP() + %s"}
SAMPLES = ("sample", 8_040_201, True, 0.5, uuid.UUID(int=8_040_201), dt.datetime(2001, 2, 3, tzinfo=dt.UTC))
Convert = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class FromNow:
    """A moment so much later than the present one by the clock that all processes share: that of the database."""

    later: dt.timedelta = dt.timedelta()

    @property
    def here(self) -> dt.datetime:
        """About the same by the clock of this machine."""
        return clock.now() + self.later


def insert(row: M) -> M:
    """Store a new row with all its fields, and give it its key."""
    model, connection = type(row), _connection()
    values = [_written(row, column, connection) for column in _new_columns(model, connection.vendor)]
    with cursor_of(connection) as cursor:
        cursor.execute(_insertion(model, connection.vendor), values)
        row.pk = cursor.fetchone()[0]
    row._state.adding = False
    row._state.db = DEFAULT_DB_ALIAS
    return row


def update(model: type[models.Model], where: dict[str, Any], **changes: Any) -> int:
    """Write `changes` into the rows whose fields are equal to `where`, and say how many those were."""
    connection = _connection()
    given = [*changes.items(), *((name, value) for name, value in where.items() if value is not None)]
    values = [_given(_column(model, name), value, connection) for name, value in given]
    timed = tuple(name for name, value in changes.items() if isinstance(value, FromNow))
    with cursor_of(connection) as cursor:
        seen = tuple((name, value is None) for name, value in where.items())
        cursor.execute(_update(model, tuple(changes), timed, seen, connection.vendor), values)
        return int(cursor.rowcount)


def has_newer(model: type[models.Model], revision: int, **where: Any) -> bool:
    """Whether a row whose fields are equal to `where` (never null) has a higher `revision`."""
    connection = _connection()
    given = [_given(_column(model, name), value, connection) for name, value in where.items()]
    with cursor_of(connection) as cursor:
        cursor.execute(_question(model, tuple(where), connection.vendor), [*given, revision])
        return cursor.fetchone() is not None


class Lookup(Generic[M]):
    """The rows of a model whose fields `names` are equal to given values (never null), in the order of their keys.

    `along` are rows that they refer to and that come in the same statement, as with `select_related`: names of
    relations, joined by "__", each after the one that it leads on from. None of them may be null.
    """

    def __init__(self, model: type[M], *names: str, along: Sequence[str] = ()) -> None:
        self._model, self._names, self._along = model, names, tuple(along)

    def all(self, *values: Any) -> list[M]:
        connection = _connection()
        sql, sources = _selection(self._model, self._names, self._along, connection.vendor)
        columns = (_column(self._model, name) for name in self._names)
        given = [column.get_db_prep_value(value, connection) for column, value in zip(columns, values, strict=True)]
        with cursor_of(connection) as cursor:
            cursor.execute(sql, given)
            rows = cursor.fetchall()
        return [_made(row, sources, connection) for row in rows]

    def first(self, *values: Any) -> M | None:
        return next(iter(self.all(*values)), None)


@dataclass(frozen=True, slots=True)
class _Source:
    """A table of a selection: where its columns begin, what turns them into values, and by which relation of which
    earlier row its row is reached."""

    model: type[models.Model]
    begin: int
    attributes: Sequence[str]
    converts: Sequence[tuple[int, Convert, Any]]
    relation: Any = None
    of: int = 0


class _NewColumn(NamedTuple):
    """A column of a new row. `maker` gives the value of a field that makes its own, `plain` are the types of values
    that the field hands to the database untouched."""

    field: models.Field[Any, Any]
    name: str
    maker: Callable[[models.Model, bool], Any] | None
    plain: frozenset[type]


def cursor_of(connection: BaseDatabaseWrapper) -> Any:
    """One for statements that are built once; a server may keep them as well."""
    return getattr(connection, "prepared_cursor", connection.cursor)()


def _connection() -> BaseDatabaseWrapper:
    """The thread's own, found once: what Django calls `connection` looks for it at every touch."""
    return connections[DEFAULT_DB_ALIAS]


def moment(value: FromNow) -> tuple[str, Any]:
    """It as SQL, with the one parameter of that."""
    connection = _connection()
    # A file has one machine and so one clock; asking for it in SQL would only cost precision.
    if connection.vendor == "sqlite":
        return MOMENT["sqlite"], connection.ops.adapt_datetimefield_value(value.here)
    return MOMENT["postgresql"], value.later


def _written(row: models.Model, column: _NewColumn, connection: BaseDatabaseWrapper) -> Any:
    """A value of a new row as it goes into its statement."""
    field, name, maker, plain = column
    value = maker(row, True) if maker else getattr(row, name)
    return value if value is None or type(value) in plain else field.get_db_prep_save(value, connection)


def _given(field: models.Field[Any, Any], value: Any, connection: BaseDatabaseWrapper) -> Any:
    """A value as it goes into a statement."""
    return moment(value)[1] if isinstance(value, FromNow) else _prepared(field, _plain(value), connection)


def _prepared(field: models.Field[Any, Any], value: Any, connection: BaseDatabaseWrapper) -> Any:
    return None if value is None else field.get_db_prep_save(value, connection)


def converted(
    row: Sequence[Any], converts: Sequence[tuple[int, Convert, Any]], connection: BaseDatabaseWrapper
) -> list[Any]:
    """A row as it came, with the values of its columns as their fields have them."""
    values = list(row)
    for place, convert, column in converts:
        values[place] = convert(values[place], column, connection)
    return values


def _made(row: Sequence[Any], sources: Sequence[_Source], connection: BaseDatabaseWrapper) -> Any:
    """The instance of a row, with those that came along in their places."""
    found: list[models.Model] = []
    for source in sources:
        values = row[source.begin : source.begin + len(source.attributes)]
        values = converted(values, source.converts, connection)
        made = filled(source.model, source.attributes, values)
        if source.relation is not None:
            source.relation.set_cached_value(found[source.of], made)
            if source.relation.unique:
                source.relation.remote_field.set_cached_value(made, found[source.of])
        found.append(made)
    return found[0]


def filled(model: type[models.Model], attributes: Sequence[str], values: Sequence[Any]) -> models.Model:
    """What `from_db` makes of all columns, without the detour through `__init__`, which sets them one by one."""
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding = False
    made._state.db = DEFAULT_DB_ALIAS
    made.__dict__.update(zip(attributes, values, strict=True))
    return made


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


@cache
def _fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


@cache
def _new_columns(model: type[models.Model], vendor: str) -> tuple[_NewColumn, ...]:
    return tuple(_NewColumn(field, field.attname, _maker(field), _plain_types(field)) for field in _fields(model))


def _maker(field: models.Field[Any, Any]) -> Callable[[models.Model, bool], Any] | None:
    is_dated = isinstance(field, models.DateField) and not (field.auto_now or field.auto_now_add)
    return None if is_dated or type(field).pre_save is models.Field.pre_save else field.pre_save


def _plain_types(field: models.Field[Any, Any]) -> frozenset[type]:
    """Found out by trying: values of most fields would pass through five functions and come out as they were."""
    return frozenset(type(sample) for sample in SAMPLES if _is_untouched(field, sample))


def _is_untouched(field: models.Field[Any, Any], sample: Any) -> bool:
    with suppress(TypeError, ValueError, AttributeError, ValidationError):
        return field.get_db_prep_save(sample, _connection()) is sample
    return False


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
def _update(
    model: type[models.Model],
    changes: tuple[str, ...],
    timed: tuple[str, ...],
    where: tuple[tuple[str, bool], ...],
    vendor: str,
) -> str:
    written = [f"{_quoted(model, name, vendor)} = {MOMENT[vendor] if name in timed else '%s'}" for name in changes]
    seen = [f"{_quoted(model, name, vendor)} {'IS NULL' if is_null else '= %s'}" for name, is_null in where]
    return f"UPDATE {_quoted(model, '', vendor)} SET {', '.join(written)} WHERE {' AND '.join(seen)}"  # noqa: S608


@cache
def _question(model: type[models.Model], where: tuple[str, ...], vendor: str) -> str:
    seen = [f"{_quoted(model, name, vendor)} = %s" for name in where]
    newer = f"{_quoted(model, 'revision', vendor)} > %s"
    return f"SELECT 1 FROM {_quoted(model, '', vendor)} WHERE {' AND '.join([*seen, newer])} LIMIT 1"  # noqa: S608


@cache
def _selection(
    model: type[models.Model], names: tuple[str, ...], along: tuple[str, ...], vendor: str
) -> tuple[str, tuple[_Source, ...]]:
    """The statement, and the tables in the order of its columns."""
    sources = [_source(model, 0)]
    tables, places = [f"{_quoted(model, '', vendor)} t0"], {"": 0}
    for path in along:
        before, _dots, name = path.rpartition("__")
        of, place = places[before], len(sources)
        relation: Any = sources[of].model._meta.get_field(name)
        last = sources[-1]
        made = _source(relation.related_model, last.begin + len(last.attributes), relation, of)
        links = f"t{of}.{_quoted(sources[of].model, name, vendor)} = t{place}.{_quoted(made.model, 'pk', vendor)}"
        tables.append(f"INNER JOIN {_quoted(made.model, '', vendor)} t{place} ON {links}")
        sources.append(made)
        places[path] = place
    columns = ", ".join(
        f"t{place}.{_quoted(source.model, field.name, vendor)}"
        for place, source in enumerate(sources)
        for field in source.model._meta.concrete_fields
    )
    seen = " AND ".join(f"t0.{_quoted(model, name, vendor)} = %s" for name in names)
    ordered = f"ORDER BY t0.{_quoted(model, 'pk', vendor)}"
    return f"SELECT {columns} FROM {' '.join(tables)} WHERE {seen} {ordered}", tuple(sources)  # noqa: S608


def _source(model: type[models.Model], begin: int, relation: Any = None, of: int = 0) -> _Source:
    fields = model._meta.concrete_fields
    converts = [each for place in enumerate(fields) for each in _converts(*place)]
    return _Source(model, begin, [field.attname for field in fields], converts, relation, of)


def _converts(place: int, field: models.Field[Any, Any]) -> list[tuple[int, Convert, Any]]:
    connection = _connection()
    column = field.get_col(field.model._meta.db_table)
    found = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
    return [(place, convert, column) for convert in found]
