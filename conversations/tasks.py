"""What workers do, one line each. Loaded only where Celery is."""

from __future__ import annotations

import uuid
from typing import Any

from celery import current_app, shared_task

from conversations.jobs import Ticket, dispatch


@shared_task(expires=10)
def tick() -> int:
    """Claim what is due, as far as workers keep up, and hand it out."""
    return dispatch.tick(waiting=_waiting(), hand_out=lambda ticket: step.delay(*ticket.packed))


@shared_task
def step(job_id: int, code: str, state: str, token: int) -> None:
    """Take one step of a job."""
    dispatch.step(Ticket(job_id, uuid.UUID(code), state, token), ended=lambda turn, model: title.delay(turn, model))


@shared_task
def title(turn_id: int, model_name: str) -> None:
    """Find a title for the conversation of a reply that came in the background."""
    dispatch.find_title(turn_id, model_name)


def _waiting() -> int:
    """Messages that no worker has taken yet."""
    with current_app.connection_for_write() as link:
        declared: Any = link.default_channel.queue_declare(queue=current_app.conf.task_default_queue)
        return int(declared.message_count)
