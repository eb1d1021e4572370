"""What must not be lost even when the machine loses its power: the intent to spend money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from conversations import evidence


@contextmanager
def durably() -> Iterator[None]:
    """A transaction that is on the disk when it has ended. SQLite otherwise leaves the last ones to the system's
    cache; PostgreSQL always waits."""
    with evidence.recording():
        yield
    make_durable: Callable[[], None] | None = getattr(connection, "make_durable", None)
    if make_durable is not None and not connection.in_atomic_block:
        make_durable()
