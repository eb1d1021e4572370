"""Queries that the ORM builds once, and that are asked again and again with other values.

To build a query takes the ORM several times what it takes to ask it, so what is asked for each reply, or every two
seconds by each process, is built at its first use, with marks in the places of its values. A server keeps the statement
as well, on each connection.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import get_related_populators

from .prepared import Convert, converted, cursor_of, filled

M = TypeVar("M", bound=models.Model)
Value = int | dt.datetime

# No query has these of itself.
NUMBER, MOMENT = 8_040_201_009, dt.datetime(2001, 2, 3, 4, 5, 6, 7, tzinfo=dt.UTC)


class _Kept(NamedTuple):
    """A statement with `marks` among its `params`; what turns columns into values, and a row of these into a result."""

    sql: str
    params: tuple[Any, ...]
    marks: tuple[Any, ...]
    converts: Sequence[tuple[int, Convert, Any]]
    make: Callable[[Sequence[Any]], Any]


def kept(build: Callable[..., models.QuerySet[M]], *values: Value) -> list[M]:
    """The rows of the query that `build` makes of some numbers and moments. It may annotate, and bring related rows
    along, but its statement must be the same for all values. Raises ValueError where it takes no notice of one."""
    return cast(list[M], _asked(build, values))


def kept_rows(build: Callable[..., models.QuerySet[Any, Any]], *values: Value) -> list[tuple[Any, ...]]:
    """The same for a query that gives tuples (`values_list`): its columns in the order of the statement."""
    return _asked(build, values)


def _asked(build: Callable[..., models.QuerySet[Any, Any]], values: Sequence[Value]) -> list[Any]:
    connection = connections[DEFAULT_DB_ALIAS]
    query = _kept(build, tuple(map(type, values)), connection.vendor)
    given = dict(zip(query.marks, (_written(each, connection) for each in values), strict=True))
    with cursor_of(connection) as cursor:
        cursor.execute(query.sql, [given.get(each, each) for each in query.params])
        rows = cursor.fetchall()
    return [query.make(converted(row, query.converts, connection)) for row in rows]


@cache
def _kept(build: Callable[..., models.QuerySet[Any, Any]], kinds: tuple[type, ...], vendor: str) -> _Kept:
    connection = connections[DEFAULT_DB_ALIAS]
    marks = [_mark(kind, place) for place, kind in enumerate(kinds)]
    rows: Any = build(*marks)
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    written = tuple(_written(each, connection) for each in marks)
    if missing := set(written) - set(params):
        raise ValueError(f"{len(missing)} values have no place in the statement")
    found = compiler.get_converters([column for column, _sql, _alias in compiler.select])
    converts = [(place, each, column) for place, (all_of, column) in found.items() for each in all_of]
    return _Kept(
        sql, tuple(params), written, converts, _tuple_maker(compiler) if rows._fields else _maker(rows.model, compiler)
    )


def _mark(kind: type, place: int) -> Value:
    return MOMENT + dt.timedelta(microseconds=place) if issubclass(kind, dt.datetime) else NUMBER + place


def _written(value: Value, connection: BaseDatabaseWrapper) -> Any:
    """As a statement takes it."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value


def _tuple_maker(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    count = len(compiler.select)  # what is read for the order alone stands behind
    return lambda row: tuple(row[:count])


def _maker(model: type[models.Model], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What `ModelIterable` does with a row, without finding out anew how."""
    places = compiler.klass_info["select_fields"]
    begin, end = places[0], places[-1] + 1
    attributes = [column.target.attname for column, _sql, _alias in compiler.select[begin:end]]
    # The stubs are of a later Django.
    related = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    annotations = tuple(compiler.annotation_col_map.items())

    def made(row: Sequence[Any]) -> models.Model:
        instance = filled(model, attributes, row[begin:end])
        for each in related:
            each.populate(row, instance)
        for name, place in annotations:
            setattr(instance, name, row[place])
        return instance

    return made
