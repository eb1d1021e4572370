"""A database that other processes may use as well: who may join, and who may change its tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from conversations.management.serving.refusal import CannotServe

# Names of locks in PostgreSQL are numbers: the first half is "chat", the second says what for.
CHAT = 0x63686174
SERVED, CHANGED = 1, 2

ALONE = (
    "Another process serves this database, and one of the two has no REDIS_URL. "
    "Several processes need it, the same for all; without it there can be one."
)


class Membership:
    """A connection of its own that says, for as long as it lives, that this process serves the database.

    With Redis processes share it; without it one has it alone.
    """

    def __init__(self) -> None:
        backend: Any = connection  # what all backends have in common knows nothing of psycopg
        self._errors: type[Exception] = backend.Database.Error
        try:
            parameters = {**connection.get_connection_params(), "autocommit": True}
            self._connection = backend.Database.connect(**parameters)
        except self._errors as error:
            raise CannotServe(f"{named()} cannot be used: {error}") from error

    def join(self, *, alone: bool = False) -> None:
        shared = "_shared" if settings.REDIS_URL and not alone else ""
        if not self._ask(f"SELECT pg_try_advisory_lock{shared}(%s, %s)", SERVED):
            raise CannotServe(ALONE)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Nobody else changes the tables meanwhile; whoever wants to waits."""
        self._ask("SELECT pg_advisory_lock(%s, %s)", CHANGED)
        try:
            yield
        finally:
            self._ask("SELECT pg_advisory_unlock(%s, %s)", CHANGED)

    def leave(self) -> None:
        self._connection.close()

    def _ask(self, sql: str, what_for: int) -> Any:
        try:
            return self._connection.execute(sql, [CHAT, what_for]).fetchone()[0]
        except self._errors as error:
            raise DatabaseError(str(error)) from error


def named() -> str:
    """The database in words, without its password."""
    facts = settings.DATABASES["default"]
    return f"The database {facts['NAME']} on {facts['HOST'] or 'this machine'}"
