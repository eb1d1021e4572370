"""What people decide about their jobs, and administrators about those that nobody knows of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import Enum
from typing import Any

from conversations import broadcast, clock, evidence
from conversations.models import Conversation, Job, JobState, Turn, TurnState, User
from conversations.turns import start, tool_calls
from conversations.turns.errors import Unfit
from conversations.turns.orders import Order
from conversations.turns.stop import let_go

from . import exchange
from .completion import LOST
from .registry import kind_of

LONGEST_ID = 256


class Decided(Enum):
    """What became of a decision."""

    DONE = "done"
    TOO_LATE = "too_late"
    """The job is not in a state any more in which that can be decided."""


def cancel(job: Job) -> Decided:
    """Let go of a job; what GLM makes of it is dropped."""

    def write() -> bool:
        turn = Turn.objects.select_related("conversation__owner", "reply").filter(job=job.pk).first()
        if turn is not None and turn.state == TurnState.DELEGATED:
            return let_go(turn)
        return job.cancel(clock.now())

    return _decide(job, write)


def give_up(job: Job, who: str = "") -> Decided:
    """Count an unknown job as failed. Whoever asked may ask again, which is another job."""

    def write() -> bool:
        if job.state != JobState.UNKNOWN:
            return False
        kind_of(job.kind).fail(job, None, LOST, "")
        kept = exchange.of_person(job, "given up", by=who)
        return job.move(JobState.FAILED, trouble=LOST, ended_at=clock.now(), exchange=kept)

    return _decide(job, write)


def repeat(job: Job, order: Order, who: str = "") -> Turn:
    """Order the same once more, as another job. One that nobody knows of is given up for it, and stays as it is when
    the order is refused. Raises CommandError and Slowed."""
    if job.turn is None or job.conversation is None:
        raise Unfit
    with evidence.recording():
        if job.state == JobState.UNKNOWN:
            give_up(job, who)
        return start.regenerate(order, job.conversation.code, job.turn.reply.code)


def look_up(job: Job, provider_id: str, who: str = "") -> Decided:
    """GLM has an unknown job after all, under this name: from now on it is asked for. Raises ValueError for what
    cannot be a name."""
    name = provider_id.strip()
    if not name or len(name) > LONGEST_ID or not name.isprintable():
        raise ValueError("a name of a job at GLM has 1 to 256 characters")
    now = clock.now()
    facts: dict[str, Any] = {"provider_id": name, "next_poll_at": now, "deadline_at": _deadline(job, now)}
    facts |= {"submitted_at": job.submitted_at or now, "trouble": "", "failure_count": 0, "poll_count": 0}
    kept = exchange.of_person(job, "looked up", by=who, id=name)
    return _decide(job, lambda: job.state == JobState.UNKNOWN and job.move(JobState.SUBMITTED, exchange=kept, **facts))


def _deadline(job: Job, now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(seconds=kind_of(job.kind).deadline)


def _decide(job: Job, write: Callable[[], bool]) -> Decided:
    """Lock, look again, write, and tell the pages."""
    with evidence.recording():
        conversation = _locked(job)
        job.refresh_from_db()
        if not write():
            return Decided.TOO_LATE
        revision = User.raise_revision(job.person_id)
        Job.objects.filter(pk=job.pk).update(revision=revision)
        broadcast.list_moved(job.person, revision)
        turn = Turn.objects.select_related("reply").filter(job=job.pk).first()
        if conversation is not None and turn is not None:
            turn.conversation = conversation
            if turn.state == TurnState.DELEGATED:
                tool_calls.tell(conversation, turn.reply_id, is_news=False)
    return Decided.DONE


def _locked(job: Job) -> Conversation | None:
    conversation = Conversation.objects.select_related("owner").filter(jobs=job.pk).first()
    if conversation is not None:
        conversation.next_revision()
    return conversation
