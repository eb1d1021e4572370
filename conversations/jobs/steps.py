"""One step of one job: hand it over, ask for it, or bring its result home. The only way on for a job.

Each step writes only while its ticket holds, so two who take the same step cannot both be believed. No transaction is
open while GLM is asked. What GLM was told and has not answered is `unknown` and waits for a person: never told twice.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError

from conversations import broadcast, clock, evidence, faults, upstream
from conversations.glm import MAKING_SECONDS, AnswerError, GlmError, Task, TaskState
from conversations.glm import Kind as Trouble
from conversations.models import OUR_MISTAKE, Job, JobState, User
from conversations.models.conversation import Conversation
from conversations.models.prepared import FromNow, Lookup, update
from conversations.rooms import rooms

from . import exchange, pace
from .claims import Ticket, is_upstream_of, lease
from .durable import durably
from .kind import Kind, Stopped
from .registry import kind_of

logger = structlog.get_logger(__name__)

QUEUE_PATIENCE = dt.timedelta(hours=1)  # for an order that GLM turns away at the door
MOST_STUMBLES = 20  # failures in a row
OUTAGE_PATIENCE = dt.timedelta(hours=24)  # beyond its deadline, for a job that nobody can be asked about
_by_ticket = Lookup(Job, "pk", "lease_token", along=("person",))
_by_key = Lookup(Job, "pk")

CRASHED, MOVED, UNHEARD = "crashed", "moved", "unheard"  # why a job is unknown


@dataclass(frozen=True, slots=True)
class Done:
    """What a step came to. With `ended_turn` a reply has come to its end: what waits for that may go on."""

    state: str
    ended_turn: int | None = None
    model_name: str = ""


class Overtaken(Exception):
    """The ticket does not hold any more: somebody else has the job, or its person let go of it."""


def advance(ticket: Ticket) -> Done | None:
    """Take one step; None when the job is not the ticket's any more. Raises what the database raises: the step is
    taken again when the lease is over."""
    job = _by_ticket.first(ticket.job_id, ticket.token)
    if job is None or job.state != ticket.state:  # somebody has decided about it while the ticket waited
        return None
    try:
        Step(ticket, job).take()
    except Overtaken:
        logger.info("step of a job came too late", job=str(job.code), state=ticket.state)
        return None
    except DatabaseError:
        raise
    except Exception:
        logger.exception("step of a job goes wrong; it will be tried again", job=str(job.code))
        _stumble(ticket)
        return None
    return Done(job.state, job.turn_id if job.state == JobState.SUCCEEDED else None, job.model_name)


def _stumble(ticket: Ticket) -> None:
    """A mistake of ours must not come round for ever. What GLM was told meanwhile is left to become unknown."""
    job = _by_ticket.first(ticket.job_id, ticket.token)
    if job is None or job.state == JobState.SUBMITTING:
        return
    step = Step(ticket, job)
    with suppress(Overtaken):
        if job.failure_count < MOST_STUMBLES or job.state == JobState.CANCELLED:
            pause = pace.trouble_pause(job.failure_count, random.random)
            step.wait(pause, failure_count=job.failure_count + 1)
        else:
            step.fail(None, OUR_MISTAKE, "")


class Step:
    """One step of the job that a ticket stands for."""

    def __init__(self, ticket: Ticket, job: Job) -> None:
        self.ticket, self.job = ticket, job
        self.kind: Kind = kind_of(job.kind)

    def take(self) -> None:
        match self.job.state:
            case JobState.QUEUED:
                self._hand_over()
            case JobState.SUBMITTING:
                self._unknown(CRASHED)
            case JobState.SUBMITTED:
                self._ask()
            case JobState.FETCHING:
                self._ask()
            case JobState.CANCELLED:
                self._settle()

    # handing over

    def _hand_over(self) -> None:
        self.kind.make_ready(self.job)
        sending = None
        with durably():
            try:
                sending = self.kind.prepare(self.job)
            except Stopped as stopped:
                self._fail_inside(None, stopped.trouble, stopped.trouble_code)
            else:
                source, attempt = upstream.current(), self.job.attempt_count + 1
                facts = {"upstream": source.name, "is_simulated": source.is_simulated, "attempt_count": attempt}
                facts |= {"request_id": sending.request_id, "call": sending.call, **self._renewed()}
                self._begin(facts)
        if sending is None:
            return
        try:
            task = self.kind.submit(sending, upstream.blocking_client())
        except GlmError as error:
            self._not_taken(error)
        else:
            self._taken(task)

    def _begin(self, facts: dict[str, Any]) -> None:
        """What is answered at once is at work from now on, and is seen to be; all else in a moment."""
        if not self.kind.is_answered_at_once:
            self._move(JobState.SUBMITTING, **facts)
            return
        end = FromNow(lease() + dt.timedelta(seconds=MAKING_SECONDS))  # not for longer: its person waits where we die
        self._locked()
        self._move(JobState.SUBMITTING, submitted_at=clock.now(), **{**facts, "next_poll_at": end, "lease_until": end})
        self._show()

    def _taken(self, task: Task) -> None:
        taken_at = self.job.submitted_at if self.kind.is_answered_at_once else clock.now()
        facts: dict[str, Any] = {"provider_id": task.id, "submitted_at": taken_at, "failure_count": 0}
        facts |= {"deadline_at": FromNow(dt.timedelta(seconds=self.kind.deadline)), "trouble": ""}
        facts |= {"exchange": exchange.of_task(self.job, "submit", task), "trouble_code": ""}
        if task.state is TaskState.SUCCESS and (kept := self.kind.remembered(task)):
            self._answered_at_once(task, {**facts, "result": kept, "provider_id": task.id or self.job.request_id})
            return
        due = FromNow(pace.poll_pause(settings.CHATSITE_JOB_POLL, 0, random.random))
        with evidence.recording():
            self._locked()
            self._move(JobState.SUBMITTED, next_poll_at=due, lease_until=None, **facts)
            self._let_go_if_asked()
            self._show()

    def _answered_at_once(self, task: Task, facts: dict[str, Any]) -> None:
        """The result is there, and where it lies is kept before anything is fetched: whoever dies here loses nothing.
        A wish to cancel comes too late."""
        with evidence.recording():
            self._locked()
            self._move(JobState.FETCHING, **facts, **self._renewed())
            self._show()
        self._bring_home(task)

    def _renewed(self) -> dict[str, Any]:
        """The ticket is kept for the time of a whole step from now on; the first part may have been spent waiting."""
        end = FromNow(dt.timedelta(seconds=self.kind.step_seconds) or lease())
        return {"next_poll_at": end, "lease_until": end}

    def _not_taken(self, error: GlmError) -> None:
        self._learn(error)
        if error.is_surely_not_taken and self._may_wait():
            self._put_back(error)
        elif isinstance(error, AnswerError) and (error.code or (error.http_status or 500) < 500):
            self.fail(error, error.kind.value, error.code or str(error.http_status or ""))
        else:
            self._unknown(UNHEARD, error)

    def _may_wait(self) -> bool:
        return clock.now() - self.job.created_at < QUEUE_PATIENCE

    def _put_back(self, error: GlmError) -> None:
        """GLM turned it away at the door: it waits for its next try, and whoever waits behind it too."""
        if error.rule.narrows:
            rooms.narrow(self.job.model_name)
        due = FromNow(pace.trouble_pause(self.job.failure_count, random.random))
        with evidence.recording():
            self._locked()
            self.kind.settle(self.job, None, error)
            self._move(
                JobState.QUEUED,
                next_poll_at=due,
                lease_until=None,
                failure_count=self.job.failure_count + 1,
                exchange=exchange.of_error(self.job, "submit", error),
                call=None,
            )
            self._let_go_if_asked()
            self._show()

    def _let_go_if_asked(self) -> None:
        """Somebody cancelled it while GLM was being told."""
        now = _by_key.first(self.job.pk)
        if now is not None and now.cancel_asked_at is not None:
            self.job.cancel(clock.now())

    # asking

    def _ask(self) -> None:
        if not is_upstream_of(self.job):
            self._moved()
            return
        try:
            task = self.kind.poll(self.job, upstream.blocking_client())
        except GlmError as error:
            self._not_told(error)
            return
        if task.failure is not None:
            self._failed_there(task, task.failure)
        elif task.state is TaskState.SUCCESS:
            self._bring_home(task)
        else:
            self._still_at_work()

    def _moved(self) -> None:
        """What another server has made is there; only it cannot be reached from here."""
        if self.job.state == JobState.FETCHING:
            self.fail(None, MOVED, "")
        else:
            self._unknown(MOVED)

    def _still_at_work(self) -> None:
        if self._is_over_deadline():
            self._end(JobState.EXPIRED, lambda: self.kind.fail(self.job, None, Trouble.TIMEOUT.value, ""))
            return
        pause = pace.poll_pause(settings.CHATSITE_JOB_POLL, self.job.poll_count + 1, random.random)
        self.wait(pause, poll_count=self.job.poll_count + 1, failure_count=0)

    def _not_told(self, error: GlmError) -> None:
        """Whatever goes wrong with the question says nothing of the job; only GLM's judgement of it does."""
        self._learn(error)
        if error.kind is Trouble.REFUSED:
            self.fail(error, error.kind.value, error.code or "")
            return
        if self._is_over_deadline(OUTAGE_PATIENCE):
            self._end(JobState.EXPIRED, lambda: self.kind.fail(self.job, error, error.kind.value, error.code or ""))
            return
        facts: dict[str, Any] = {"failure_count": self.job.failure_count + 1}
        if self.job.failure_count == 0:  # the first of a row tells all that can be told
            facts["exchange"] = exchange.of_error(self.job, "poll", error)
        self.wait(pace.trouble_pause(self.job.failure_count, random.random), **facts)

    def _failed_there(self, task: Task, error: GlmError) -> None:
        self.job.exchange = exchange.of_task(self.job, "poll", task)
        self._learn(error)
        self.fail(error, error.kind.value, error.code or "", task)

    def _bring_home(self, task: Task) -> None:
        """Through `fetching`, so that whoever dies in it leaves it to be fetched again."""
        self.job.exchange = exchange.of_task(self.job, "poll", task)
        try:
            if self.job.state == JobState.SUBMITTED and self.kind.may_be_fetched_again:
                with evidence.recording():
                    self._locked()
                    self._move(JobState.FETCHING, exchange=self.job.exchange, **self._renewed())
                    self._show()
            fetched = self.kind.fetch(self.job, task)
        except Stopped as stopped:
            self.fail(None, stopped.trouble, stopped.trouble_code, task)
            return
        except GlmError as error:
            self._not_told(error)
            return
        self._end(JobState.SUCCEEDED, self.kind.deliver(self.job, task, fetched), result=fetched)
        faults.answered(upstream.current(), self.job.model_name, self.job.submitted_at or clock.now())

    # after a person let go

    def _settle(self) -> None:
        """Nobody waits for it; GLM is asked what it has used, which counts all the same."""
        task = error = None
        try:
            if is_upstream_of(self.job):
                task = self.kind.poll(self.job, upstream.blocking_client())
        except GlmError as caught:
            error = caught
        is_over = not is_upstream_of(self.job) or self._is_over_deadline()
        is_told = task is not None and task.state is not TaskState.PROCESSING
        if is_told or is_over or (error is not None and error.kind is Trouble.REFUSED):
            self._settled(task, error)
        else:
            self.wait(pace.poll_pause(settings.CHATSITE_JOB_POLL, self.job.poll_count + 1, random.random))

    def _settled(self, task: Task | None, error: GlmError | None) -> None:
        """The result is dropped, and that is recorded."""
        with evidence.recording():
            self.kind.settle(self.job, task, error)
            kept = exchange.of_task(self.job, "dropped", task) if task else self.job.exchange
            mine = {"pk": self.job.pk, "state": JobState.CANCELLED, **self.ticket.held}
            update(Job, mine, next_poll_at=None, lease_until=None, exchange=kept)

    # ends

    def fail(self, error: GlmError | None, trouble: str, code: str, task: Task | None = None) -> None:
        with evidence.recording():
            self._fail_inside(error, trouble, code, task)

    def _fail_inside(self, error: GlmError | None, trouble: str, code: str, task: Task | None = None) -> None:
        facts: dict[str, Any] = {"trouble": trouble[:20], "trouble_code": code[:20]}
        if error is not None:
            kept = self.job.exchange if task else exchange.of_error(self.job, self.job.state, error)
            facts |= {"resets_at": error.resets_at, "exchange": kept}
        self._end(JobState.FAILED, lambda: self.kind.fail(self.job, error, trouble, code), **facts)

    def _end(self, state: JobState, write: Callable[[], None], **facts: Any) -> None:
        """The end of the job and what follows from it: both or none."""
        ended = {"ended_at": clock.now(), "next_poll_at": None, "lease_until": None}
        with evidence.recording():
            write()
            if state is JobState.SUCCEEDED and self.job.state == JobState.SUBMITTED:
                self._move(JobState.FETCHING, exchange=self.job.exchange)
            self._move(state, **ended, **facts)
            self._show(is_over=True)

    def _unknown(self, why: str, error: GlmError | None = None) -> None:
        facts: dict[str, Any] = {"trouble": why}
        if error is not None:
            facts |= {"exchange": exchange.of_error(self.job, "submit", error), "trouble_code": (error.code or "")[:20]}
        logger.warning("a job is unknown", job=str(self.job.code), why=why, request_id=self.job.request_id)
        with evidence.recording():
            self._locked()
            self._move(JobState.UNKNOWN, next_poll_at=None, lease_until=None, **facts)
            self._show()
            self.kind.ask(self.job)

    # writing

    def _move(self, to: JobState, **facts: Any) -> None:
        if not self.job.move(to, guard=self.ticket.held, **facts):
            raise Overtaken

    def wait(self, pause: dt.timedelta, **facts: Any) -> None:
        """The state stays; only the time of the next step is new."""
        mine = {"pk": self.job.pk, "state": self.job.state, **self.ticket.held}
        if not update(Job, mine, next_poll_at=FromNow(pause), lease_until=None, **facts):
            raise Overtaken

    def _locked(self) -> None:
        """Everybody locks a conversation before what is in it."""
        if self.job.conversation_id is not None:
            Conversation(pk=self.job.conversation_id).next_revision()

    def _show(self, *, is_over: bool = False) -> None:
        revision = User.raise_revision(self.job.person_id)
        update(Job, {"pk": self.job.pk}, revision=revision)
        broadcast.list_moved(self.job.person, revision)
        if not is_over:
            self.kind.show(self.job)

    def _is_over_deadline(self, patience: dt.timedelta = dt.timedelta()) -> bool:
        return self.job.deadline_at is not None and clock.now() > self.job.deadline_at + patience

    def _learn(self, error: GlmError) -> None:
        """Whether the account at GLM has a fault. The job goes on, whatever goes wrong here."""
        logger.warning(
            "upstream error of a job",
            job=str(self.job.code),
            kind=error.kind.value,
            code=error.code,
            status=error.http_status,
            log_id=error.log_id,
            request_id=self.job.request_id,
        )
        try:
            faults.heard(upstream.current(), self.job.model_name, error, self.job.request_id)
        except Exception:
            logger.exception("not noted what GLM said of the account", job=str(self.job.code))
