"""The first step of a job: GLM is told of it, once."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.conf import settings

from conversations import clock, evidence, upstream
from conversations.glm import MAKING_SECONDS, AnswerError, GlmError, Task, TaskState
from conversations.models import Job, JobState
from conversations.models.prepared import FromNow, Lookup
from conversations.rooms import rooms

from . import exchange, pace
from .asking import bring_home
from .claims import lease
from .durable import durably
from .kind import Stopped
from .step import UNHEARD, Step

QUEUE_PATIENCE = dt.timedelta(hours=1)  # for an order that GLM turns away at the door
_by_key = Lookup(Job, "pk")


def hand_over(step: Step) -> None:
    """Store that GLM will be told, tell it, and act on the answer."""
    step.kind.make_ready(step.job)
    sending = None
    with durably():
        try:
            sending = step.kind.prepare(step.job)
        except Stopped as stopped:
            step.fail_inside(None, stopped.trouble, stopped.trouble_code)
        else:
            source, attempt = upstream.current(), step.job.attempt_count + 1
            facts = {"upstream": source.name, "is_simulated": source.is_simulated, "attempt_count": attempt}
            facts |= {"request_id": sending.request_id, "call": sending.call, **step.renewed()}
            _begin(step, facts)
    if sending is None:
        return
    try:
        task = step.kind.submit(sending, upstream.blocking_client())
    except GlmError as error:
        _not_taken(step, error)
    else:
        _taken(step, task)


def _begin(step: Step, facts: dict[str, Any]) -> None:
    """What is answered at once is at work from now on, and is seen to be; all else in a moment."""
    if not step.kind.is_answered_at_once:
        step.move(JobState.SUBMITTING, **facts)
        return
    end = FromNow(lease() + dt.timedelta(seconds=MAKING_SECONDS))  # not for longer: its person waits where we die
    step.lock()
    step.move(JobState.SUBMITTING, submitted_at=clock.now(), **{**facts, "next_poll_at": end, "lease_until": end})
    step.show()


def _taken(step: Step, task: Task) -> None:
    taken_at = step.job.submitted_at if step.kind.is_answered_at_once else clock.now()
    facts: dict[str, Any] = {"provider_id": task.id, "submitted_at": taken_at, "failure_count": 0}
    facts |= {"deadline_at": FromNow(dt.timedelta(seconds=step.kind.deadline)), "trouble": ""}
    facts |= {"exchange": exchange.of_task(step.job, "submit", task), "trouble_code": ""}
    if task.state is TaskState.SUCCESS and (kept := step.kind.remembered(task)):
        _answered_at_once(step, task, {**facts, "result": kept, "provider_id": task.id or step.job.request_id})
        return
    due = FromNow(pace.poll_pause(settings.CHATSITE_JOB_POLL, 0, random.random))
    with evidence.recording():
        step.lock()
        step.move(JobState.SUBMITTED, next_poll_at=due, lease_until=None, **facts)
        _let_go_if_asked(step)
        step.show()


def _answered_at_once(step: Step, task: Task, facts: dict[str, Any]) -> None:
    """The result is there, and where it lies is kept before anything is fetched: whoever dies here loses nothing.
    A wish to cancel comes too late."""
    with evidence.recording():
        step.lock()
        step.move(JobState.FETCHING, **facts, **step.renewed())
        step.show()
    bring_home(step, task)


def _not_taken(step: Step, error: GlmError) -> None:
    step.learn(error)
    if error.is_surely_not_taken and _may_wait(step):
        _put_back(step, error)
    elif error.is_surely_not_taken or _is_judgement(error):
        step.fail(error, error.kind.value, error.code or str(error.http_status or ""))
    else:
        step.leave_unknown(UNHEARD, error)


def _is_judgement(error: GlmError) -> bool:
    """Whether GLM itself said no. A 5xx without a code of its own may come from something in between."""
    return isinstance(error, AnswerError) and bool(error.code or (error.http_status or 500) < 500)


def _may_wait(step: Step) -> bool:
    return clock.now() - step.job.created_at < QUEUE_PATIENCE


def _put_back(step: Step, error: GlmError) -> None:
    """GLM turned it away at the door: it waits for its next try, and whoever waits behind it too."""
    if error.rule.narrows:
        rooms.narrow(step.job.model_name)
    due = FromNow(pace.trouble_pause(step.job.failure_count, random.random))
    with evidence.recording():
        step.lock()
        step.kind.settle(step.job, None, error)
        step.move(
            JobState.QUEUED,
            next_poll_at=due,
            lease_until=None,
            failure_count=step.job.failure_count + 1,
            exchange=exchange.of_error(step.job, "submit", error),
            call=None,
        )
        _let_go_if_asked(step)
        step.show()


def _let_go_if_asked(step: Step) -> None:
    """Somebody cancelled it while GLM was being told."""
    now = _by_key.first(step.job.pk)
    if now is not None and now.cancel_asked_at is not None:
        step.job.cancel(clock.now())
