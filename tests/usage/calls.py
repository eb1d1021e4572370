"""Calls of all kinds, as they would stand in the database."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from typing import Any

from conversations.models import UpstreamCall

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
ANN, BEN = uuid.UUID(int=1), uuid.UUID(int=2)


def call(**fields: Any) -> UpstreamCall:
    """A call that went well, where nothing else is said."""
    started = fields.pop("started_at", NOON)
    facts: dict[str, Any] = {
        "person_code": ANN,
        "kind": "chat",
        "upstream": "sandbox",
        "model_asked": "glm-5.3",
        "request_id": uuid.uuid4().hex,
        "http_status": 200,
        "finish": "stop",
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "reasoning_tokens": 4,
        "cached_tokens": 30,
        "started_at": started,
        "first_byte_at": started,
        "ended_at": started + dt.timedelta(seconds=3),
    }
    return UpstreamCall.objects.create(**{**facts, **fields})


UNTOLD = {"prompt_tokens": None, "completion_tokens": None, "reasoning_tokens": None, "cached_tokens": None}
REFUSED = {**UNTOLD, "http_status": 429, "business_code": "1302", "finish": "", "first_byte_at": None}
REFUSED_IN_STREAM = {**REFUSED, "http_status": 200}
NEVER_SENT = {**UNTOLD, "http_status": None, "finish": "not_taken", "first_byte_at": None}
CUT = {**UNTOLD, "http_status": None, "finish": "interrupted"}
RUNNING = {**UNTOLD, "finish": "", "http_status": None, "ended_at": None}
KINDS_OF_END = ({}, UNTOLD, {"reasoning_tokens": None}, REFUSED, REFUSED_IN_STREAM, NEVER_SENT, CUT, RUNNING)


def many(count: int, seed: int, days: int = 5) -> None:
    """Calls of some people, models and kinds, with every kind of end, over some days."""
    chance = random.Random(seed)
    for _ in range(count):
        call(
            person_code=chance.choice((ANN, BEN)),
            kind=chance.choice(("chat", "title")),
            model_asked=chance.choice(("glm-5.3", "glm-4.6")),
            started_at=NOON - dt.timedelta(minutes=chance.randrange(days * 24 * 60)),
            **chance.choice(KINDS_OF_END),
        )
