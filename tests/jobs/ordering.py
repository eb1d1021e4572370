"""Jobs that tests order, and the steps that bring them on."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from conversations import clock, jobs
from conversations.jobs import Ticket
from conversations.models import Conversation, Job, JobState, Turn, User
from conversations.turns import delegated, start
from tests import people


def ordered(
    person: User, text: str = "Hello?", conversation: Conversation | None = None, model: str = people.MODEL
) -> Job:
    """A question that is to be answered in the background."""
    order = people.order(person, model_name=model, begin=delegated.delegate)
    turn = start.send(order, conversation.code if conversation else uuid.uuid4(), text)
    return Job.objects.get(turn=turn)


def taken(job: Job) -> Ticket:
    """The right to the next step of a job, whenever that is due."""
    past = clock.now() - dt.timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).exclude(next_poll_at=None).update(next_poll_at=past)
    queued = job.state == JobState.QUEUED
    tickets = jobs.take_queued(10) if queued else jobs.take_due(10)
    return next(each for each in tickets if each.job_id == job.pk)


def stepped(job: Job) -> Job:
    """The job after its next step."""
    jobs.advance(taken(fresh(job)))
    return fresh(job)


def submitted(person: User, *args: Any, **kwargs: Any) -> Job:
    """A job that GLM has taken."""
    job = stepped(ordered(person, *args, **kwargs))
    assert job.state == JobState.SUBMITTED, (job.state, job.trouble)
    return job


def fresh(job: Job) -> Job:
    return Job.objects.select_related("person", "turn__reply", "call").get(pk=job.pk)


def turn_of(job: Job) -> Turn:
    return people.fresh(Turn.objects.get(pk=job.turn_id))
