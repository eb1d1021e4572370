"""Jobs among several processes: what a tick hands out, and what a worker does with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from conversations import broadcast, standing
from conversations.jobs import Ticket, dispatch
from conversations.models import JobState, TurnState, User
from tests import people
from tests.jobs.fake_later import FakeLater, done, receipt
from tests.jobs.ordering import fresh, ordered, submitted, taken, turn_of

pytestmark = pytest.mark.django_db

Glm = Callable[..., FakeLater]


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    left: list[bool] = []
    monkeypatch.setattr(dispatch, "leave_mark", lambda: left.append(True))
    return left


@pytest.fixture(autouse=True)
def _uninformed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_informed_at", -10.0)


@pytest.fixture(autouse=True)
def _steps_leave_the_transaction_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker drops a connection that is in the middle of something, and takes that of a test for one."""
    monkeypatch.setattr(dispatch, "close_old_connections", lambda: None)


class TestATick:
    def test_hands_out_what_is_due_once(self, ada: User, marks: list[bool]) -> None:
        job, tickets = ordered(ada), []
        assert dispatch.tick(0, tickets.append) == 1
        assert dispatch.tick(0, tickets.append) == 0
        assert [each.job_id for each in tickets] == [job.pk]
        assert marks == [True, True]

    def test_hands_out_nothing_while_workers_do_not_keep_up(self, ada: User, marks: list[bool]) -> None:
        job, tickets = ordered(ada), []
        assert dispatch.tick(dispatch.MOST_WAITING, tickets.append) == 0
        assert (tickets, fresh(job).lease_token, marks) == ([], 0, [True])

    def test_gives_a_ticket_that_survives_the_way(self, ada: User) -> None:
        ticket = taken(ordered(ada))
        job_id, code, state, token = ticket.packed
        assert Ticket(job_id, uuid.UUID(code), state, token) == ticket


class TestAWorker:
    def test_takes_a_step(self, ada: User, glm: Glm) -> None:
        glm(receipt())
        job = ordered(ada)
        dispatch.step(taken(job), lambda *_: None)
        assert fresh(job).state == JobState.SUBMITTED

    def test_tells_of_the_end_of_a_reply(
        self, ada: User, glm: Glm, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.CHATSITE_TITLES = True
        glm(receipt(), done())
        job, ended, told = submitted(ada), [], []
        monkeypatch.setattr(broadcast, "publish", told.append)
        dispatch.step(taken(job), lambda *end: ended.append(end))
        assert ended == [(job.turn_id, people.MODEL)]
        assert broadcast.TurnWaits() in told

    def test_takes_no_step_that_somebody_else_has(self, ada: User, glm: Glm) -> None:
        fake = glm(receipt(), done())
        job = submitted(ada)
        old, new = taken(job), taken(job)
        for ticket in (old, new, new):
            dispatch.step(ticket, lambda *_: None)
        assert (turn_of(job).state, len(fake.asked)) == (TurnState.COMPLETED, 1)

    def test_knows_what_administrators_decided(self, monkeypatch: pytest.MonkeyPatch) -> None:
        learned: list[bool] = []
        monkeypatch.setattr(standing, "refresh", lambda: learned.append(True))
        for _ in range(3):
            dispatch.keep_informed()
        assert learned == [True]


@pytest.mark.stores
def test_a_tick_leaves_a_mark_that_others_see() -> None:
    dispatch.leave_mark()
    silence = dispatch.seconds_since_tick()
    assert silence is not None
    assert silence < 5
