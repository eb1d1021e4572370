"""The calls of requests beside the replies: for a title, a summary, a count."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import connection

from conversations import clock, upstream
from conversations.glm import ChatRequest
from conversations.models import CallKind, TurnState, UpstreamCall, User


def begin_call(
    kind: CallKind,
    request: ChatRequest,
    person: User,
    *,
    turn_code: uuid.UUID | None = None,
    estimate: int | None = None,
) -> UpstreamCall:
    """Named by the turn's code only: what a reply has used is the sum over the calls that hang on its turn."""
    return UpstreamCall.objects.create(
        turn_code=turn_code,
        person_code=person.code,
        kind=kind,
        upstream=upstream.current().name,
        model_asked=request.model,
        parameters={"v": 1, **request.parameters},
        request_id=request.request_id,
        prompt_estimate=estimate,
        started_at=clock.now(),
    )


def end_abandoned(kind: CallKind, deadline: float) -> None:
    """Close the calls of a process that died. On SQLite there is no other; elsewhere theirs are younger."""
    youngest = clock.now() - dt.timedelta(seconds=0 if connection.vendor == "sqlite" else 2 * deadline)
    abandoned = UpstreamCall.objects.filter(kind=kind, ended_at=None, started_at__lte=youngest)
    abandoned.update(finish=TurnState.INTERRUPTED, ended_at=clock.now())
