"""One step of a case: the guarded update, its event, and the news for the queue."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from conversations import broadcast, clock
from conversations.models import Act, CaseState, ReviewCase, ReviewEvent, User


def step(
    case: ReviewCase,
    actor: User | None,
    to: CaseState,
    act: Act,
    *,
    guard: models.Q | None = None,
    reason_code: str = "",
    note: str = "",
    **changes: Any,
) -> bool:
    """Take the step and write it down; False when somebody was first."""
    before = case.state
    if not case.move(to, guard=guard, **changes):
        return False
    record(case, actor, act, before, reason_code=reason_code, note=note)
    broadcast.queue_moved()
    return True


def record(
    case: ReviewCase,
    actor: User | None,
    act: Act,
    before: str | None = None,
    *,
    reason_code: str = "",
    note: str = "",
    picture: uuid.UUID | None = None,
) -> None:
    """An event; without `before` nothing moved."""
    ReviewEvent.objects.create(
        case=case,
        actor_code=actor.code if actor else None,
        act=act,
        before=case.state if before is None else before,
        after=case.state,
        reason_code=reason_code,
        reason=note,
        picture_code=picture,
        at=clock.now(),
    )
