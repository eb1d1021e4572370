"""Django's PostgreSQL backend with three habits of its own.

A pool makes everybody wait for a connection for as long as it may. While the server is away that is wrong for all
but the first: requests would queue up behind each other's time-outs, and answers in words would come after minutes.
So once somebody has waited in vain, the next wait only briefly, until one of them gets a connection.

A connection of the pool is good as long as its server has not closed it, which this machine knows; to ask the server,
as Django does, is one more way there and back before every page. And statements that are built once are prepared once
as well, on each connection: the server would read and plan them anew each time.
"""

from __future__ import annotations

import select
import time
from typing import Any, ClassVar

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel

BRIEFLY = 0.25  # seconds
AWAY_FOR = 10.0  # seconds that one vain wait counts


PREPARED = "prepared"


class PreparedCursor(base.ServerBindingCursor):
    """Has the server keep every statement that it executes."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, **{"prepare": True, **options})  # type: ignore[misc]


class DatabaseWrapper(base.DatabaseWrapper):
    """Remembers for all threads of the process when the pool last had nothing to give."""

    _waited_in_vain: ClassVar[float] = -AWAY_FOR

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        pool = self.pool
        if pool is None:
            return super().get_new_connection(conn_params)
        kind = DatabaseWrapper
        self.isolation_level = IsolationLevel.READ_COMMITTED
        pool.open()
        is_away = time.monotonic() - kind._waited_in_vain < AWAY_FOR
        try:
            connection = _still_open(pool, BRIEFLY if is_away else None)
        except Exception:
            kind._waited_in_vain = time.monotonic()
            raise
        kind._waited_in_vain = -AWAY_FOR
        return connection

    def prepared_cursor(self) -> Any:
        """A cursor for statements that come again and again, the same but for their parameters."""
        return self._cursor(PREPARED)  # type: ignore[attr-defined]

    def create_cursor(self, name: str | None = None) -> Any:
        if name != PREPARED:
            return super().create_cursor(name)
        self.connection.cursor_factory, usual = PreparedCursor, self.connection.cursor_factory
        try:
            return super().create_cursor()
        finally:
            self.connection.cursor_factory = usual


def _still_open(pool: Any, timeout: float | None) -> Any:
    """A connection of the pool; those that the server has closed meanwhile are replaced."""
    while _has_ended(connection := pool.getconn(timeout)):
        connection.close()
        pool.putconn(connection)
    return connection


def _has_ended(connection: Any) -> bool:
    """Whether there is something to read on a connection that nobody has asked: its end, or why it comes."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
