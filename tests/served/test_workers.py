"""Jobs on PostgreSQL and Redis: a web process orders, workers take the steps, and one of them dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.served.cluster import Cluster, cluster
from tests.served.gates import PLAIN
from tests.served.later import Later, serving
from tests.served.prepared import Prepared
from tests.served.site import SCRIPTED, Visitor, free_port, signed_in
from tests.waiting import eventually
from tests.warm import copies

pytestmark = pytest.mark.served

QUICK = {
    "CHATSITE_JOB_POLL": "0.3",
    "CHATSITE_JOB_TIMEOUT": 1,
    "CHATSITE_CONNECT_TIMEOUT": 1,
    "CHATSITE_JOBS_AT_ONCE": 100,
    "CHATSITE_LATER": "yes",
}


class Worker:
    """A process that takes steps, or the clock of those."""

    def __init__(self, running: Cluster, *options: str) -> None:
        self.port = free_port()
        environment = {**running.first.environment, "PORT": str(self.port), "CHATSITE_ROLE": "worker"}
        with (running.first.data.parent / f"worker-{self.port}.log").open("ab") as log:
            self._process = copies.start("worker", *options, environment=environment, output=log)

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=20, **PLAIN).is_success
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def later() -> Iterator[Later]:
    with serving(Later(polls=2)) as glm:
        yield glm


@pytest.fixture
def site(later: Later, prepared: Prepared, tmp_path: Path) -> Iterator[Cluster]:
    glm = {"ZHIPUAI_BASE_URL": later.address, "ZHIPUAI_API_KEY": "id.secret", "CHATSITE_MODELS": "glm-5.3"}
    with cluster(tmp_path / "cluster", prepared, **glm, **QUICK) as running:
        yield running


def states(running: Cluster) -> list[str]:
    return [state for (state,) in running.rows("SELECT state FROM conversations_job ORDER BY id")]


def connections(running: Cluster) -> set[int]:
    """The processes of the database that serve this site."""
    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'chatsite'"
    return {pid for (pid,) in running.rows(query)}


def all_over(found: list[str]) -> list[str]:
    return [] if {"queued", "submitting", "submitted", "fetching"} & set(found) else found


def order(visitor: Visitor, count: int) -> None:
    for n in range(count):
        code = f"019a0000-0000-7000-8000-00000000000{n}"
        fields = {"text": f"order-{n}", "model": "glm-5.3", "client_key": code, "later": "on"}
        assert visitor.post(f"/c/{code}/messages/", SCRIPTED, **fields).status_code == 200


def ended(running: Cluster, seconds: float = 90) -> list[str]:
    """The states of all jobs once none is at work."""
    return eventually(lambda: all_over(states(running)), seconds)


def test_workers_answer_though_one_of_them_is_killed(site: Cluster, later: Later) -> None:
    with ExitStack() as undo:
        workers = [Worker(site) for _ in range(2)]
        clock = Worker(site, "--clock")
        for each in (*workers, clock):
            undo.callback(each.kill)
        with signed_in(site.first, "ann") as ann:
            order(ann, 6)
            eventually(lambda: later.step_count, 60)
            workers[0].kill()
            assert eventually(workers[1].is_ready, 60)
            found = ended(site)
            assert set(found) <= {"succeeded", "unknown"}
            assert "succeeded" in found
            assert max(later.orders.values()) == 1
            assert "The answer to task-5." in ann.page("019a0000-0000-7000-8000-000000000005")


def test_stores_go_and_come_back_and_no_job_is_lost_or_doubled(site: Cluster, later: Later) -> None:
    with ExitStack() as undo:
        workers = [Worker(site) for _ in range(2)]
        for each in (*workers, Worker(site, "--clock")):
            undo.callback(each.kill)
        with signed_in(site.first, "ann") as ann:
            later.polls = 10**6  # still at work, however often it is asked
            order(ann, 8)
            eventually(lambda: states(site) == ["submitted"] * 8, 60)
            before, asked = connections(site), later.asked.total()
            eventually(lambda: later.asked.total() > asked + 24, 60)
            assert before <= connections(site), "a step keeps the connection of the one before"
            for relay in (site.redis, site.database):
                relay.cut()
                eventually(lambda: not any(worker.is_ready() for worker in workers), 60)
                asked = later.asked.total()
                relay.mend()
                eventually(lambda: all(worker.is_ready() for worker in workers), 90)
                eventually(lambda seen=asked: later.asked.total() > seen, 90)
            later.polls = 2
            assert set(ended(site)) == {"succeeded"}
            assert set(later.orders.values()) == {1}
            assert "The answer to task-7." in ann.page("019a0000-0000-7000-8000-000000000007")
