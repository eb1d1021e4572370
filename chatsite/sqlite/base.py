"""SQLite has one writer. Left to itself it lets the others of this process try again after growing pauses, in no
order: under load some wait past their time-out ("database is locked") while the database stands idle between tries.
Here they wait for each other in the process instead, and each goes on the moment the one before has ended.
"""

from __future__ import annotations

import threading
from collections import defaultdict

from django.db.backends.sqlite3 import base, features

# Beyond that the writer tries its luck with SQLite's own time-out: a lock that is never given back must not end all.
LONGEST_WAIT = 20  # seconds

_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (3, 35)  # statements that are written out use UPDATE … FROM and RETURNING


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the process's turn to write to its file from BEGIN IMMEDIATE to COMMIT or ROLLBACK."""

    features_class = DatabaseFeatures
    _has_turn = False

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
