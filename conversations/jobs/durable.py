"""What must not be lost even when the machine loses its power: the intent to spend money."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from conversations import evidence


@contextmanager
def durably() -> Iterator[None]:
    """A transaction that is on the disk when it has ended. SQLite otherwise leaves the last ones to the system's
    cache; PostgreSQL always waits."""
    is_alone = connection.vendor == "sqlite" and not connection.in_atomic_block
    if is_alone:
        _synchronous("FULL")
    try:
        with evidence.recording():
            yield
    finally:
        if is_alone:
            _synchronous("NORMAL")


def _synchronous(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous={how}")
