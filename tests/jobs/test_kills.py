"""A job whose taker dies, or whose database is full, at whichever statement: it comes to its end all the same, and GLM
is told of it once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from conversations import jobs
from conversations.models import Job, JobState, TurnState, UpstreamCall, User
from tests import people
from tests.jobs.fake_later import FakeLater, done, receipt, working
from tests.jobs.ordering import fresh, ordered, taken, turn_of

pytestmark = pytest.mark.django_db

Glm = Callable[..., FakeLater]
ANSWER = people.text_part("An answer.")


class Killed(BaseException):
    """Nothing catches it, and what was not committed is lost: as far as the rows see, the process is gone."""


FULL = OperationalError("database or disk is full")


class Fault:
    """Comes before the statement number `at`."""

    def __init__(self, at: int, error: BaseException) -> None:
        self.left, self._error = at, error

    @property
    def has_come(self) -> bool:
        return self.left < 0

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.left -= 1
        if self.left == -1:
            raise self._error
        return execute(*statement)


def steps(job: Job, fault: Fault) -> Job:
    """The job after all its steps, the one that is struck included."""
    while fresh(job).is_open and fresh(job).state != JobState.UNKNOWN:
        ticket = taken(fresh(job))
        try:
            with connection.execute_wrapper(fault):
                jobs.advance(ticket)
        except (Killed, OperationalError):
            continue
    return fresh(job)


def outcome(job: Job, fake: FakeLater) -> str:
    """How it ended; not in any other way than these."""
    turn = turn_of(job)
    if job.state == JobState.UNKNOWN:
        assert turn.state == TurnState.DELEGATED
        assert len(fake.orders) <= 1
        assert jobs.give_up(fresh(job)) is jobs.Decided.DONE
    else:
        assert (job.state, turn.state, turn.reply.parts) == (JobState.SUCCEEDED, TurnState.COMPLETED, ANSWER)
        assert len(fake.orders) == 1
        assert UpstreamCall.objects.exclude(ended_at=None).filter(turn_code=turn.code).count() == 1
    return JobState(job.state)


@pytest.mark.parametrize(("error", "stride"), [(Killed(), 1), (FULL, 3)], ids=["killed", "full"])
def test_at_no_statement_of_any_step_is_it_lost_or_told_twice(
    error: BaseException, stride: int, ada: User, glm: Glm
) -> None:
    outcomes: list[str] = []
    fault = Fault(0, error)
    while not outcomes or fault.has_come:
        fake, fault = glm(receipt(), working(), done(), done()), Fault(stride * len(outcomes), error)
        outcomes.append(outcome(steps(ordered(ada), fault), fake))
    unknown = [at for at, each in enumerate(outcomes) if each == JobState.UNKNOWN]
    assert 40 < stride * len(outcomes) < 200, "statements of all steps"
    assert unknown == [*range(unknown[0], unknown[-1] + 1)], "only from the intent to the receipt"
    assert len(unknown) < len(outcomes) / 3
