"""The pump of a process that is alone with its database."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from conversations import jobs
from conversations.background import pump
from conversations.background.pump import Pump
from conversations.jobs import Ticket
from tests.waiting import eventually


def test_a_step_gives_its_connection_back_whatever_becomes_of_it(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Where threads share a pool an idle one must not keep what a page waits for."""
    settings.CHATSITE_JOB_THREADS = 1
    steps: list[str] = []

    def fail(_ticket: Ticket) -> Any:
        steps.append("taken")
        raise ValueError

    monkeypatch.setattr(pump, "close_old_connections", lambda: steps.append("let go"))
    monkeypatch.setattr(jobs, "advance", fail)
    working = Pump(lambda _done: None)
    working._step(Ticket(1, uuid.uuid4(), "queued", 1))
    assert steps == ["let go", "taken", "let go"]


class Stepping:
    """Jobs that are due, and steps that end when they may."""

    def __init__(self, due: int) -> None:
        self.due, self.begun, self.at_once = due, 0, 0
        self.looks: list[int] = []  # how many each look took
        self.may_end = threading.Event()
        self._counting, self._at_work = threading.Lock(), 0

    def take_due(self, most: int) -> list[Ticket]:
        with self._counting:
            taken = min(most, self.due)
            self.due -= taken
        if taken:
            self.looks.append(taken)
        return [Ticket(n, uuid.uuid4(), "submitted", 1) for n in range(taken)]

    def advance(self, _ticket: Ticket) -> None:
        with self._counting:
            self.begun += 1
            self._at_work += 1
            self.at_once = max(self.at_once, self._at_work)
        assert self.may_end.wait(20)
        with self._counting:
            self._at_work -= 1


@pytest.fixture
def stepping(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Stepping]:
    """With a pump of four threads."""
    settings.CHATSITE_JOB_THREADS = 4
    stepping = Stepping(due=40)
    monkeypatch.setattr(pump, "close_old_connections", lambda: None)
    monkeypatch.setattr(jobs, "take_due", stepping.take_due)
    monkeypatch.setattr(jobs, "take_queued", lambda _most: [])
    monkeypatch.setattr(jobs, "advance", stepping.advance)
    working = Pump(lambda _done: None)
    working.begin()
    yield stepping
    stepping.may_end.set()
    working.stop()
    working._thread.join()
    working._steps.shutdown()


def test_steps_are_ready_for_threads_that_become_free(stepping: Stepping) -> None:
    eventually(lambda: stepping.begun == 4)
    assert (stepping.looks, stepping.at_once) == ([8], 4)


def test_steps_are_taken_several_at_a_time(stepping: Stepping) -> None:
    eventually(lambda: stepping.begun == 4)
    stepping.may_end.set()
    eventually(lambda: stepping.begun == 40)
    assert stepping.at_once == 4
    assert len(stepping.looks) < 20, stepping.looks
