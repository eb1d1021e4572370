"""What the steps of a job have in common: the ticket they write by, how they end, and who is shown it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog

from conversations import broadcast, clock, evidence, faults, upstream
from conversations.glm import GlmError, Task
from conversations.models import Job, JobState, User
from conversations.models.conversation import Conversation
from conversations.models.prepared import FromNow, update

from . import exchange
from .claims import Ticket, lease
from .kind import Kind
from .registry import kind_of

logger = structlog.get_logger(__name__)

CRASHED, MOVED, UNHEARD = "crashed", "moved", "unheard"  # why a job is unknown


class Overtaken(Exception):
    """The ticket does not hold any more: somebody else has the job, or its person let go of it."""


class Step:
    """One step of the job that a ticket stands for. Each method that writes raises Overtaken when the ticket does not
    hold any more."""

    def __init__(self, ticket: Ticket, job: Job) -> None:
        self.ticket, self.job = ticket, job
        self.kind: Kind = kind_of(job.kind)

    def move(self, to: JobState, **facts: Any) -> None:
        """Take the job to another state, while the ticket holds."""
        if not self.job.move(to, guard=self.ticket.held, **facts):
            raise Overtaken

    def wait(self, pause: dt.timedelta, **facts: Any) -> None:
        """The state stays; only the time of the next step is new."""
        mine = {"pk": self.job.pk, "state": self.job.state, **self.ticket.held}
        if not update(Job, mine, next_poll_at=FromNow(pause), lease_until=None, **facts):
            raise Overtaken

    def fail(self, error: GlmError | None, trouble: str, code: str, task: Task | None = None) -> None:
        """There is no result. `task` is GLM's own answer that says so, and stands in the exchange already."""
        with evidence.recording():
            self.fail_inside(error, trouble, code, task)

    def fail_inside(self, error: GlmError | None, trouble: str, code: str, task: Task | None = None) -> None:
        """The same, in a recording that is going on."""
        facts: dict[str, Any] = {"trouble": trouble[:20], "trouble_code": code[:20]}
        if error is not None:
            kept = self.job.exchange if task else exchange.of_error(self.job, self.job.state, error)
            facts |= {"resets_at": error.resets_at, "exchange": kept}
        self.end(JobState.FAILED, lambda: self.kind.fail(self.job, error, trouble, code), **facts)

    def end(self, state: JobState, write: Callable[[], None], **facts: Any) -> None:
        """The end of the job and what follows from it: both or none."""
        ended = {"ended_at": clock.now(), "next_poll_at": None, "lease_until": None}
        with evidence.recording():
            write()
            if state is JobState.SUCCEEDED and self.job.state == JobState.SUBMITTED:
                self.move(JobState.FETCHING, exchange=self.job.exchange)
            self.move(state, **ended, **facts)
            self.show(is_over=True)

    def leave_unknown(self, why: str, error: GlmError | None = None) -> None:
        """Nobody can say whether GLM has it. A person decides."""
        facts: dict[str, Any] = {"trouble": why}
        if error is not None:
            facts |= {"exchange": exchange.of_error(self.job, "submit", error), "trouble_code": (error.code or "")[:20]}
        logger.warning("a job is unknown", job=str(self.job.code), why=why, request_id=self.job.request_id)
        with evidence.recording():
            self.lock()
            self.move(JobState.UNKNOWN, next_poll_at=None, lease_until=None, **facts)
            self.show()
            self.kind.ask(self.job)

    def lock(self) -> None:
        """Everybody locks a conversation before what is in it."""
        if self.job.conversation_id is not None:
            Conversation(pk=self.job.conversation_id).next_revision()

    def show(self, *, is_over: bool = False) -> None:
        """Draw its card anew wherever it is open; at its end whoever ends its reply draws that."""
        revision = User.raise_revision(self.job.person_id)
        update(Job, {"pk": self.job.pk}, revision=revision)
        broadcast.list_moved(self.job.person, revision)
        if not is_over:
            self.kind.show(self.job)

    def renewed(self) -> dict[str, Any]:
        """The ticket is kept for the time of a whole step from now on; the first part may have been spent waiting."""
        end = FromNow(dt.timedelta(seconds=self.kind.step_seconds) or lease())
        return {"next_poll_at": end, "lease_until": end}

    def is_over_deadline(self, patience: dt.timedelta = dt.timedelta()) -> bool:
        return self.job.deadline_at is not None and clock.now() > self.job.deadline_at + patience

    def learn(self, error: GlmError) -> None:
        """Note what an error says of the account at GLM. The job goes on, whatever goes wrong here."""
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
