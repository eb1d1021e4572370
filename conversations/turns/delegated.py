"""Turns that are answered later: given to a job, whose result lands where a streamed reply would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from conversations import broadcast, clock, upstream
from conversations.codes import new_code
from conversations.models import Job, JobState, Turn, TurnState, User
from conversations.models.prepared import insert

from .errors import CommandError

COMPLETION = "completion"


class TooManyJobs(CommandError):
    """Too many jobs wait or are at work: `of_person` when they are the person's own, and how many they may have."""

    def __init__(self, most: int, *, of_person: bool) -> None:
        super().__init__(most)
        self.most, self.of_person = most, of_person


def refuse_crowd(person: User, kind: str) -> None:
    """Raises TooManyJobs where one more job of that kind is too many. Whoever asks twice at once may get one more."""
    most = settings.CHATSITE_JOBS_PER_PERSON
    if Job.objects.open().filter(person=person, kind=kind)[:most].count() >= most:
        raise TooManyJobs(most, of_person=True)
    most = settings.CHATSITE_JOBS_WAITING
    if Job.objects.queued()[:most].count() >= most:
        raise TooManyJobs(most, of_person=False)


def delegate(turn: Turn, kind: str = COMPLETION, ordered: Mapping[str, Any] | None = None) -> None:
    """Give a turn that is just being made to a job, inside its transaction; `ordered` is what a kind needs beside the
    turn. Nobody sees the reply before its end. Raises TooManyJobs."""
    if turn.state != TurnState.QUEUED:
        return
    refuse_crowd(turn.person, kind)
    _give(turn, {"kind": kind, "input": dict(ordered or {})})


def fetch_again(job: Job, turn: Turn) -> None:
    """Give such a turn to a job that goes on where another had no luck: GLM has made it, and nothing is ordered."""
    state = JobState.SUBMITTED if job.state == JobState.EXPIRED else JobState.FETCHING
    now = clock.now()
    same = {name: getattr(job, name) for name in ("kind", "input", "result", "provider_id", "request_id", "upstream")}
    until = now + dt.timedelta(seconds=settings.CHATSITE_VIDEO_DEADLINE)
    times = {"submitted_at": now, "next_poll_at": now, "deadline_at": until}
    _give(turn, {**same, **times, "state": state, "is_simulated": job.is_simulated})


def _give(turn: Turn, given: dict[str, Any]) -> None:
    code, now, source = new_code(), clock.now(), upstream.current()
    facts: dict[str, Any] = {"upstream": source.name, "is_simulated": source.is_simulated}
    if not turn.move(TurnState.DELEGATED, runner=f"job:{code}", is_checked=True, started_at=now, **facts):
        return
    listed = User.raise_revision(turn.person_id)
    insert(
        Job(
            code=code,
            person=turn.person,
            conversation=turn.conversation,
            turn=turn,
            model_name=turn.model_name,
            revision=listed,
            created_at=now,
            **{**facts, **given},
        )
    )
    broadcast.list_moved(turn.person, listed)
