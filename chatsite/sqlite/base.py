"""SQLite has one writer. Left to itself it lets the others of this process try again after growing pauses, in no
order: under load some wait past their time-out ("database is locked") while the database stands idle between tries.
Here they wait for each other in the process instead, and each goes on the moment the one before has ended.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from sqlite3 import Connection
from typing import Any

from django.db.backends.sqlite3 import base, features

from .write_ahead import WriteAheadLog

# Beyond that the writer tries its luck with SQLite's own time-out: a lock that is never given back must not end all.
LONGEST_WAIT = 20  # seconds
WRITING = ("UPDATE", "INSERT", "DELETE")


_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
_logs: dict[str, WriteAheadLog] = {}


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (3, 35)  # statements that are written out use UPDATE … FROM and RETURNING


class Cursor(base.SQLiteCursorWrapper):
    """Takes the turn for a statement that writes outside of a transaction: it is one by itself."""

    def __init__(self, turn: threading.Lock, connection: Connection) -> None:
        super().__init__(connection)
        self._turn = turn

    def execute(self, query: str, params: Any = None) -> Any:
        if self.connection.in_transaction or not query.startswith(WRITING):
            return super().execute(query, params)
        with _patiently(self._turn):
            return super().execute(query, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the process's turn to write to its file from BEGIN IMMEDIATE to COMMIT or ROLLBACK."""

    features_class = DatabaseFeatures
    _has_turn = False

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=partial(Cursor, self._turn))

    def make_durable(self) -> None:
        """Return when what this connection has committed is on the disk."""
        file = str(self.settings_dict["NAME"])
        _logs.setdefault(file, WriteAheadLog(file)).sync()

    def _start_transaction_under_autocommit(self) -> None:
        self._has_turn = self._turn.acquire(timeout=LONGEST_WAIT)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_back()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            # A commit that failed is followed by a rollback, which SQLite does not need the turn for.
            self._give_back()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_back()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_back()

    def _give_back(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turn.release()

    @property
    def _turn(self) -> threading.Lock:
        return _turns[str(self.settings_dict["NAME"])]


@contextmanager
def _patiently(turn: threading.Lock) -> Iterator[None]:
    has_turn = turn.acquire(timeout=LONGEST_WAIT)
    try:
        yield
    finally:
        if has_turn:
            turn.release()
