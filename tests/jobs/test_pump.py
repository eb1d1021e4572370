"""The pump of a process that is alone with its database."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from conversations import jobs
from conversations.background import pump
from conversations.background.pump import Pump
from conversations.jobs import Ticket


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
    assert working._room.acquire(blocking=False)
    working._step(Ticket(1, uuid.uuid4(), "queued", 1))
    assert steps == ["let go", "taken", "let go"]
