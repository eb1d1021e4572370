"""The steps of a job that GLM has taken: ask what became of it, and bring its result home."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.conf import settings

from conversations import clock, evidence, faults, upstream
from conversations.glm import GlmError, Task, TaskState
from conversations.glm import Kind as Trouble
from conversations.models import Job, JobState
from conversations.models.prepared import update

from . import exchange, pace
from .claims import is_upstream_of
from .kind import Stopped
from .step import MOVED, Overtaken, Step

OUTAGE_PATIENCE = dt.timedelta(hours=24)  # beyond its deadline, for a job that nobody can be asked about


def ask(step: Step) -> None:
    """Ask GLM what became of the job, and act on the answer."""
    if not is_upstream_of(step.job):
        _moved(step)
        return
    try:
        task = step.kind.poll(step.job, upstream.blocking_client())
    except GlmError as error:
        _not_told(step, error)
        return
    if task.failure is not None:
        _failed_there(step, task, task.failure)
    elif task.state is TaskState.SUCCESS:
        bring_home(step, task)
    else:
        _still_at_work(step)


def _moved(step: Step) -> None:
    """What another server has made is there; only it cannot be reached from here."""
    if step.job.state == JobState.FETCHING:
        step.fail(None, MOVED, "")
    else:
        step.leave_unknown(MOVED)


def _still_at_work(step: Step) -> None:
    if step.is_over_deadline():
        _expire(step, None, Trouble.TIMEOUT.value, "")
        return
    pause = pace.poll_pause(settings.CHATSITE_JOB_POLL, step.job.poll_count + 1, random.random)
    step.wait(pause, poll_count=step.job.poll_count + 1, failure_count=0)


def _not_told(step: Step, error: GlmError) -> None:
    """Whatever goes wrong with the question says nothing of the job; only GLM's judgement of it does."""
    step.learn(error)
    if error.kind is Trouble.REFUSED:
        step.fail(error, error.kind.value, error.code or "")
        return
    if step.is_over_deadline(OUTAGE_PATIENCE):
        _expire(step, error, error.kind.value, error.code or "")
        return
    facts: dict[str, Any] = {"failure_count": step.job.failure_count + 1}
    if step.job.failure_count == 0:  # the first of a row tells all that can be told
        facts["exchange"] = exchange.of_error(step.job, "poll", error)
    step.wait(pace.trouble_pause(step.job.failure_count, random.random), **facts)


def _expire(step: Step, error: GlmError | None, trouble: str, code: str) -> None:
    """Nobody waits any longer. What was there already has not expired: it could not be fetched, and may be later."""
    if step.job.state == JobState.FETCHING:
        step.fail(error, trouble, code)
    else:
        step.end(JobState.EXPIRED, lambda: step.kind.fail(step.job, error, trouble, code))


def _failed_there(step: Step, task: Task, error: GlmError) -> None:
    step.job.exchange = exchange.of_task(step.job, "poll", task)
    step.learn(error)
    step.fail(error, error.kind.value, error.code or "", task)


def bring_home(step: Step, task: Task) -> None:
    """Through `fetching`, so that whoever dies in it leaves it to be fetched again."""
    step.job.exchange = exchange.of_task(step.job, "poll", task)
    try:
        if step.job.state == JobState.SUBMITTED and step.kind.may_be_fetched_again:
            with evidence.recording():
                step.lock()
                step.move(JobState.FETCHING, exchange=step.job.exchange, **step.renewed())
                step.show()
        fetched = step.kind.fetch(step.job, task)
    except Stopped as stopped:
        step.fail(None, stopped.trouble, stopped.trouble_code, task)
        return
    except GlmError as error:
        _not_told(step, error)
        return
    step.end(JobState.SUCCEEDED, step.kind.deliver(step.job, task, fetched), result=fetched)
    faults.answered(upstream.current(), step.job.model_name, step.job.submitted_at or clock.now())


def drop(step: Step) -> None:
    """Ask GLM what a cancelled job has used, which counts all the same; nobody waits for what it made."""
    task = error = None
    try:
        if is_upstream_of(step.job):
            task = step.kind.poll(step.job, upstream.blocking_client())
    except GlmError as caught:
        error = caught
    is_over = not is_upstream_of(step.job) or step.is_over_deadline()
    is_told = task is not None and task.state is not TaskState.PROCESSING
    if is_told or is_over or (error is not None and error.kind is Trouble.REFUSED):
        _settled(step, task, error)
    else:
        step.wait(pace.poll_pause(settings.CHATSITE_JOB_POLL, step.job.poll_count + 1, random.random))


def _settled(step: Step, task: Task | None, error: GlmError | None) -> None:
    """The result is dropped, and that is recorded."""
    with evidence.recording():
        step.kind.settle(step.job, task, error)
        kept = exchange.of_task(step.job, "dropped", task) if task else step.job.exchange
        mine = {"pk": step.job.pk, "state": JobState.CANCELLED, **step.ticket.held}
        if not update(Job, mine, next_poll_at=None, lease_until=None, exchange=kept):
            raise Overtaken
