"""The database as a file."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

ENGINE = "sqlite"
NAME = "database.sqlite3"


def save(target: Path) -> tuple[list[list[str]], int]:
    """Copy the database as it is at one moment, also while it is written to; its migrations and number of people."""
    path = _path()
    if not path.exists():
        raise CommandError(f"There is no database at {path}.")
    try:
        with closing(sqlite3.connect(path)) as reading, closing(sqlite3.connect(target)) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode=DELETE")
            return _facts(writing)
    except sqlite3.Error as error:
        raise CommandError(f"The database {path} cannot be copied: {error}.") from error


def check(source: Path) -> tuple[list[list[str]], int | None]:
    """That SQLite itself finds the file whole; its migrations and number of people."""
    try:
        with closing(sqlite3.connect(source)) as reading:
            (verdict,) = reading.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict == "ok":
                return _facts(reading)
    except sqlite3.Error as error:
        verdict = str(error)
    raise CommandError(f"The database in this backup is damaged: {verdict}.")


def is_there() -> bool:
    return _path().exists() and _path().stat().st_size > 0


def refuse_if_used(undo: ExitStack) -> None:
    """The lock of the data directory says it already."""


def keep(folder: Path) -> None:
    """Put the present database aside, with what belongs to it."""
    connection.close()
    for suffix in ("", "-wal", "-shm", "-journal"):
        path = _path().with_name(_path().name + suffix)
        if path.exists():
            path.rename(folder / path.name)


def load(source: Path) -> None:
    source.replace(_path())


def _facts(database: sqlite3.Connection) -> tuple[list[list[str]], int]:
    migrations = database.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
    (people,) = database.execute("SELECT count(*) FROM conversations_user").fetchone()
    return [list(each) for each in migrations], people


def _path() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])
