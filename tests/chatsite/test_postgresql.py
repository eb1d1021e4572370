"""What this project's connections to PostgreSQL do that Django's do not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db.utils import IntegrityError

from chatsite import stores
from chatsite.postgresql.base import DatabaseWrapper
from tests.stores import DATABASE_URL

pytestmark = pytest.mark.stores

USUAL = {"ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "TIME_ZONE": None, "TEST": {}}


@pytest.fixture
def connect(django_db_blocker: Any, tmp_path: Path) -> Iterator[Callable[[], DatabaseWrapper]]:
    """Connections out of one pool, as the threads of a web process have them."""
    settings = {**USUAL, **stores.database(DATABASE_URL, "web", tmp_path, 2)}
    made: list[DatabaseWrapper] = []

    def connect() -> DatabaseWrapper:
        made.append(DatabaseWrapper(settings, alias="pooled"))
        return made[-1]

    with django_db_blocker.unblock():
        yield connect
        for each in made:
            each.close()
        if made:
            made[0].close_pool()


def asked(connection: DatabaseWrapper, statement: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def test_a_connection_that_the_server_has_closed_is_not_given_out(connect: Callable[[], DatabaseWrapper]) -> None:
    first = connect()
    ended = asked(first, "SELECT pg_backend_pid()")
    first.close()  # to the pool
    with psycopg.connect(DATABASE_URL, autocommit=True) as other:
        others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = %s"
        assert other.execute(others, [ended]).fetchone() == (True,)
    for _ in range(4):
        connection = connect()
        assert asked(connection, "SELECT pg_backend_pid()") != ended
        connection.close()


def test_statements_that_are_built_once_are_prepared_once(connect: Callable[[], DatabaseWrapper]) -> None:
    connection = connect()
    for number in range(3):
        with connection.prepared_cursor() as cursor:
            cursor.execute("SELECT %s::int + 8040201", [number])
            assert cursor.fetchone() == (number + 8040201,)
    assert asked(connection, "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", "%8040201%") == 1
    asked(connection, "SELECT 8040202")
    assert asked(connection, "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", "%8040202") == 0


def test_their_errors_are_those_of_django(connect: Callable[[], DatabaseWrapper]) -> None:
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE one (n INTEGER UNIQUE)")
    with connection.prepared_cursor() as cursor:
        cursor.execute("INSERT INTO one VALUES (%s)", [1])
        with pytest.raises(IntegrityError):
            cursor.execute("INSERT INTO one VALUES (%s)", [1])
