"""Writers of one process take turns, in threads with connections of their own on one file."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import NotSupportedError, OperationalError

from chatsite.sqlite import base
from chatsite.sqlite.base import DatabaseWrapper

SETTINGS = {
    "ENGINE": "chatsite.sqlite", "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": False, "TIME_ZONE": None, "USER": "", "PASSWORD": "", "HOST": "", "PORT": "", "TEST": {},
}  # fmt: skip


@pytest.fixture
def connect(tmp_path: Path, django_db_blocker: Any) -> Iterator[Callable[[], DatabaseWrapper]]:
    """Connections that do not wait for each other inside SQLite at all."""
    file = tmp_path / "queue.sqlite3"
    with sqlite3.connect(file) as raw:
        raw.execute("CREATE TABLE entry (n INTEGER)")
    raw.close()
    options = {"timeout": 0, "transaction_mode": "IMMEDIATE", "check_same_thread": False}
    made: list[DatabaseWrapper] = []

    def connect() -> DatabaseWrapper:
        made.append(DatabaseWrapper({**SETTINGS, "NAME": file, "OPTIONS": options}, alias=f"queue{len(made)}"))
        made[-1].inc_thread_sharing()
        return made[-1]

    with django_db_blocker.unblock():
        yield connect
    for each in made:
        each.close()


def begin(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def write(connection: DatabaseWrapper, times: int) -> None:
    for _ in range(times):
        begin(connection)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO entry VALUES (1)")
        connection.commit()
        connection.set_autocommit(True)


def run(writers: list[threading.Thread]) -> None:
    for each in writers:
        each.start()
    for each in writers:
        each.join()


def count(connection: DatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        (found,) = cursor.execute("SELECT count(*) FROM entry").fetchone()
    return int(found)


def test_writers_wait_for_each_other_without_a_time_out(connect: Callable[[], DatabaseWrapper]) -> None:
    writers = [threading.Thread(target=write, args=(connect(), 50)) for _ in range(8)]
    run(writers)
    assert count(connect()) == 400


def test_a_statement_of_its_own_takes_its_turn_too(connect: Callable[[], DatabaseWrapper]) -> None:
    def write_alone(connection: DatabaseWrapper) -> None:
        for _ in range(50):
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO entry VALUES (%s)", [1])

    alone = [threading.Thread(target=write_alone, args=(connect(),)) for _ in range(4)]
    writers = [*alone, *(threading.Thread(target=write, args=(connect(), 50)) for _ in range(4))]
    run(writers)
    assert count(connect()) == 400


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_every_end_of_a_transaction_gives_the_turn_back(connect: Callable[[], DatabaseWrapper], end: str) -> None:
    first, second = connect(), connect()
    begin(first)
    getattr(first, end)()
    write(second, 1)


def test_a_beginning_that_fails_gives_the_turn_back(connect: Callable[[], DatabaseWrapper], tmp_path: Path) -> None:
    stranger = sqlite3.connect(tmp_path / "queue.sqlite3", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError):
        begin(connect())
    stranger.execute("COMMIT")
    stranger.close()
    write(connect(), 1)


def test_a_turn_that_is_never_given_back_stops_nobody(
    connect: Callable[[], DatabaseWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "LONGEST_WAIT", 0)
    late = connect()
    with late._turn:
        write(late, 1)


def test_an_engine_without_the_statements_that_are_used_is_refused(
    connect: Callable[[], DatabaseWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DatabaseWrapper, "get_database_version", lambda _: (3, 34, 1))
    with pytest.raises(NotSupportedError, match=r"SQLite 3\.35 or later"):
        connect().check_database_version_supported()
