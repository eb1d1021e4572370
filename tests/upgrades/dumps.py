"""Fixtures: a whole database as compressed SQL, one file for each engine and schema."""

from __future__ import annotations

import gzip
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg

FOLDER = Path(__file__).parent / "fixtures"
NAME = re.compile(r"(?P<migration>\d{4}_\w+)\.(?P<engine>sqlite|postgresql)\.sql\.gz")


def path_of(migration: str, engine: str) -> Path:
    return FOLDER / f"{migration}.{engine}.sql.gz"


def fixtures(engine: str) -> list[Path]:
    return sorted(
        path for path in FOLDER.iterdir() if (found := NAME.fullmatch(path.name)) and found["engine"] == engine
    )


def migration_of(fixture: Path) -> str:
    found = NAME.fullmatch(fixture.name)
    assert found is not None
    return found["migration"]


def write(path: Path, sql: str) -> None:
    """The same SQL makes the same bytes."""
    path.write_bytes(gzip.compress(sql.encode(), mtime=0))


def read(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


def dump_sqlite(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return "\n".join(connection.iterdump())


def load_sqlite(fixture: Path, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(read(fixture))


def dump_postgresql(*options: str) -> str:
    """`options` lead pg_dump to the database. Lines that only psql understands, and comments, are left out."""
    command = ["pg_dump", "--no-owner", "--no-privileges", "--inserts", *options]
    sql = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return "\n".join(line for line in sql.splitlines() if line and not line.startswith(("\\", "--")))


def load_postgresql(fixture: Path, url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(read(fixture))  # type: ignore[call-overload]
