"""The database on a server: by pg_dump and psql, in one piece or not at all."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.core.management.base import CommandError
from django.db import connection, transaction

from conversations.management.serving.postgresql import Membership

ENGINE = "postgresql"
NAME = "database.sql.gz"
PIECE = 1 << 20
QUICK = 3  # of gzip's nine: half the time of the usual six, a tenth larger
PACKAGE = "On Debian and Ubuntu it is in the package postgresql-client."
RESET = Path(__file__).with_name("reset.sql")


def save(target: Path) -> tuple[list[list[str]], int]:
    """Dump the database as it is at one moment, also while it is written to; its migrations and number of people."""
    with _snapshot() as (name, facts), gzip.open(target, "wb", QUICK) as file:
        _dump(cast(BinaryIO, file), f"--snapshot={name}")
    return facts


@contextmanager
def _snapshot() -> Iterator[tuple[str, tuple[list[list[str]], int]]]:
    """One moment of the database that pg_dump sees too."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # while the dump is made it only waits
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [list(each) for each in cursor.fetchall()]
        cursor.execute("SELECT count(*), pg_export_snapshot() FROM conversations_user")
        people, name = cursor.fetchone()
        yield name, (migrations, people)


def _dump(file: BinaryIO, *options: str) -> None:
    command = [_program("pg_dump"), "--no-owner", "--no-privileges", "--no-password", *options]
    with (
        _database() as database,
        subprocess.Popen([*command, "--dbname", database], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dumping,
    ):
        assert dumping.stdout is not None and dumping.stderr is not None  # noqa: S101, PT018 - pipes
        shutil.copyfileobj(dumping.stdout, file, PIECE)
        complaint = dumping.stderr.read()
    if dumping.returncode:
        raise CommandError(f"pg_dump failed: {_reason(complaint)}")


def check(source: Path) -> tuple[list[list[str]], int | None]:
    """What is in it shows only when it is read in: nothing is known but that this can be tried."""
    _program("psql")
    return [], None


def is_there() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema())")
        return bool(cursor.fetchone()[0])


def refuse_if_used(undo: ExitStack) -> None:
    """Processes of the site may run on other machines: the server knows who is connected. From then on none starts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(DISTINCT coalesce(nullif(application_name, ''), 'unnamed'), ', '), count(*)"
            " FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        names, count = cursor.fetchone()
    if count:
        raise CommandError(f"The database is in use ({names}; connections: {count}). Stop every process of the site.")
    membership = Membership()
    undo.callback(membership.leave)
    membership.join(alone=True)


def keep(folder: Path) -> None:
    """Dump the present database."""
    copy(folder / NAME)


def copy(target: Path) -> None:
    with gzip.open(target, "wb", QUICK) as file:
        _dump(cast(BinaryIO, file))


def load(source: Path) -> None:
    """Replace everything in the database in one transaction: what fails leaves it as it was."""
    options = ["--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    command = [_program("psql"), *options, "--output=/dev/null", f"--file={RESET}", "--file=-"]
    connection.close()
    with (
        _database() as database,
        subprocess.Popen([*command, "--dbname", database], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as loading,
    ):
        assert loading.stdin is not None and loading.stderr is not None  # noqa: S101, PT018 - pipes
        with suppress(BrokenPipeError), gzip.open(source) as file, loading.stdin:  # why it left is told below
            shutil.copyfileobj(file, loading.stdin, PIECE)
        complaint = loading.stderr.read()
    if loading.returncode:
        raise CommandError(f"psql failed, and the database is as it was before: {_reason(complaint)}")


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise CommandError(f"{name} is not installed. {PACKAGE}")
    return path


def _psycopg() -> Any:
    """The module, which only a site on PostgreSQL loads."""
    backend: Any = connection
    return backend.Database


def _parameters() -> dict[str, Any]:
    """What libpq understands of how the site connects."""
    known = {option.keyword.decode() for option in _psycopg().pq.Conninfo.get_defaults()}
    wanted = {**connection.get_connection_params(), "application_name": "chatsite-backup"}
    return {name: str(value) for name, value in wanted.items() if name in known - {"client_encoding"}}


@contextmanager
def _database() -> Iterator[str]:
    """How libpq connects. Everybody on the machine sees the arguments of a process: the password is in a file."""
    parameters = _parameters()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        if password := parameters.pop("password", ""):
            file.write("*:*:*:*:" + password.replace("\\", "\\\\").replace(":", "\\:"))
            file.flush()
            parameters["passfile"] = file.name
        yield _psycopg().conninfo.make_conninfo(**parameters)


def _reason(complaint: bytes) -> str:
    """The first error: what follows comes of it."""
    lines = complaint.decode("utf-8", "replace").strip().splitlines() or ["it did not say why"]
    return next((line for line in lines if "ERROR" in line or "error:" in line), lines[-1])
