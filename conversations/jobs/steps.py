"""One step of one job: hand it over, ask for it, or bring its result home. The only way on for a job.

Each step writes only while its ticket holds, so two who take the same step cannot both be believed. No transaction is
open while GLM is asked. What GLM was told and has not answered is `unknown` and waits for a person: never told twice.
"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass

import structlog
from django.db import Error as DatabaseError

from conversations.models import OUR_MISTAKE, Job, JobState
from conversations.models.prepared import Lookup

from . import pace
from .asking import ask, drop
from .claims import Ticket
from .handing_over import hand_over
from .step import CRASHED, Overtaken, Step

logger = structlog.get_logger(__name__)

MOST_STUMBLES = 20  # failures in a row
_by_ticket = Lookup(Job, "pk", "lease_token", along=("person",))


@dataclass(frozen=True, slots=True)
class Done:
    """What a step came to. With `ended_turn` a reply has come to its end: what waits for that may go on."""

    state: str
    ended_turn: int | None = None
    model_name: str = ""


def advance(ticket: Ticket) -> Done | None:
    """Take one step; None when the job is not the ticket's any more. Raises what the database raises: the step is
    taken again when the lease is over."""
    job = _by_ticket.first(ticket.job_id, ticket.token)
    if job is None or job.state != ticket.state:  # somebody has decided about it while the ticket waited
        return None
    try:
        _take(Step(ticket, job))
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


def _take(step: Step) -> None:
    match step.job.state:
        case JobState.QUEUED:
            hand_over(step)
        case JobState.SUBMITTING:
            step.leave_unknown(CRASHED)
        case JobState.SUBMITTED | JobState.FETCHING:
            ask(step)
        case JobState.CANCELLED:
            drop(step)
