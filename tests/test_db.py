import asyncio
import contextvars
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from conversations import db

here: contextvars.ContextVar[str] = contextvars.ContextVar("here", default="nowhere")


def thread_name() -> str:
    return threading.current_thread().name


class TestInline:
    async def test_work_runs_in_the_thread_of_the_test(self) -> None:
        assert await db.db(thread_name) == await db.db_live(thread_name) == threading.main_thread().name


class TestThreads:
    @pytest.fixture(autouse=True)
    def _as_served(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Threads as in the served process; none of these tests asks the database for anything."""
        monkeypatch.setattr(db, "inline", False)
        db._executor.cache_clear()
        yield
        for pool in ("turns", "live", "render"):
            db._executor(pool).shutdown()
        db._executor.cache_clear()

    async def test_each_kind_of_work_has_its_own(self) -> None:
        names = [
            await db.db(thread_name),
            await db.db_live(thread_name),
            await db.in_pool("render", thread_name),
        ]
        assert [name.rpartition("_")[0] for name in names] == [
            "chatsite-turns",
            "chatsite-live",
            "chatsite-render",
        ]

    async def test_turns_have_as_many_as_the_database_has_writers(self) -> None:
        count = 1 if connection.vendor == "sqlite" else 4
        all_here = threading.Barrier(count)

        def name_of_one() -> str:
            all_here.wait(10)
            return thread_name()

        threads = await asyncio.gather(*(db.db(name_of_one) for _ in range(5 * count)))
        assert len(set(threads)) == count

    async def test_slow_pages_hold_up_no_turn(self) -> None:
        gate = threading.Event()
        slow = [asyncio.ensure_future(db.db_live(gate.wait, 5)) for _ in range(8)]
        assert await db.db(lambda: "written") == "written"
        gate.set()
        assert all(await asyncio.gather(*slow))

    async def test_work_sees_the_context_it_comes_from_and_leaves_it_alone(self) -> None:
        def look() -> str:
            seen = here.get()
            here.set("there")
            return seen

        here.set("a task")
        assert (await db.db(look), here.get()) == ("a task", "a task")

    async def test_a_connection_of_a_pool_goes_back_after_each_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        steps: list[str] = []
        monkeypatch.setattr(db, "close_old_connections", lambda: steps.append("let go"))

        def fail() -> None:
            steps.append("asked")
            raise ValueError

        with pytest.raises(ValueError):
            await db.db(fail)
        assert steps == ["let go", "asked", "let go"]

    async def test_arguments_and_errors_come_through(self) -> None:
        def divide(one: int, *, by: int) -> Any:
            return one / by

        assert await db.db(divide, 6, by=3) == 2
        with pytest.raises(ZeroDivisionError):
            await db.db(divide, 6, by=0)
