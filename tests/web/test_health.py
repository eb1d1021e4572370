import asyncio
import socket
import threading
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

from conversations import background, clock, db, guards
from conversations.web import health
from conversations.web.health import Probe, Readiness, Report

SECRET = 'connection to server at "10.0.0.9" failed: password of user "chat"'


@pytest.fixture(autouse=True)
def _runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "is_running", lambda: True)


def fails(words: str) -> Callable[[], None]:
    def check() -> None:
        raise OperationalError(words)

    return check


@pytest.mark.django_db
class TestReadiness:
    async def test_all_is_there(self) -> None:
        is_ready, report = await Readiness().report()
        assert is_ready
        assert list(report) == ["process", "database", "schema", "guards", *(["redis"] if settings.REDIS_URL else [])]

    async def test_a_process_that_ends_takes_nothing_new(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(background, "is_running", lambda: False)
        is_ready, report = await Readiness().report()
        assert (is_ready, report["process"], report["database"]) == (False, "ending", "ok")

    async def test_why_the_database_fails_is_for_the_log_only(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setitem(health.DATABASE_CHECKS, "database", fails(SECRET))
        is_ready, report = await Readiness().report()
        assert (is_ready, report["database"], "schema" in report) == (False, "failed", False)
        assert SECRET in caplog.text

    async def test_a_missing_guard_is_told(self) -> None:
        await db.db(guards.drop_guards)
        is_ready, report = await Readiness().report()
        assert (is_ready, report["schema"]) == (False, "ok")
        assert report["guards"].endswith(" missing")

    async def test_redis_is_asked_where_it_is_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setattr(settings, "REDIS_URL", f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
            monkeypatch.setattr(health, "PATIENCE", 0.05)
            assert (await Readiness().report())[1]["redis"] == "no answer"
        is_ready, report = await Readiness().report()
        assert (is_ready, report["redis"]) == (False, "failed")

    async def test_migrations_that_wait_are_counted(self) -> None:
        await db.db(lambda: MigrationRecorder.Migration.objects.filter(app="conversations").latest("pk").delete())
        is_ready, report = await Readiness().report()
        assert (is_ready, report["schema"]) == (False, "not up to date, 1 to apply")

    async def test_migrations_of_a_newer_version_do_not_end_the_old_one(self) -> None:
        await db.db(MigrationRecorder.Migration.objects.create, app="conversations", name="9999_later")
        assert (await Readiness().report())[0]

    async def test_a_change_is_logged_once(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        readiness = Readiness()
        await readiness.report()
        monkeypatch.setattr(background, "is_running", lambda: False)
        await readiness.report()
        await readiness.report()
        assert [line.split()[:2] for line in caplog.messages] == [["not", "ready"]]


class TestProbe:
    def look(self, *reports: Report) -> Callable[[], asyncio.Future[Report]]:
        waiting = list(reports)

        async def answer() -> Report:
            return waiting.pop(0)

        return lambda: asyncio.ensure_future(answer())

    async def test_an_answer_is_good_for_a_second(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = 100.0
        monkeypatch.setattr(clock, "monotonic", lambda: now)
        probe = Probe(("a",), self.look({"a": "ok"}, {"a": "failed"}))
        assert [await probe.report(), await probe.report()] == [{"a": "ok"}] * 2
        now += health.KEPT
        assert await probe.report() == {"a": "failed"}

    async def test_a_look_that_hangs_is_not_begun_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(health, "PATIENCE", 0.01)
        monkeypatch.setattr(health, "KEPT", 0)
        free, begun = threading.Event(), 0

        def hang() -> Report:
            nonlocal begun
            begun += 1
            free.wait(10)
            return {"a": "ok", "b": "ok"}

        probe = Probe(("a", "b"), lambda: asyncio.get_running_loop().run_in_executor(None, hang))
        answers = [await probe.report() for _ in range(3)]
        free.set()
        assert answers == [{"a": "no answer", "b": "no answer"}] * 3
        assert begun == 1
        monkeypatch.setattr(health, "PATIENCE", 10)
        assert (await probe.report())["a"] == "ok"
