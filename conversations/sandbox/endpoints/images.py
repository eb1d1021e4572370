"""`POST /images/generations`: a picture, answered at once."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from conversations.sandbox.asgi import Call
from conversations.sandbox.order import IMAGE, Ordered, read_order
from conversations.sandbox.scenarios import media
from conversations.sandbox.state import State

from . import made
from .refused import is_refused
from .route import BASE, Route, at

USUAL_SECONDS = 3.0


async def _answer(call: Call, state: State, part: str) -> None:
    order = read_order(call.body, IMAGE)
    if await is_refused(call, order):
        return
    await asyncio.sleep(order.said.seconds(USUAL_SECONDS if state.usual_rate else 0.0))
    call.notes.append(order.model)
    await call.respond_json(_result(call, state, order))


def _result(call: Call, state: State, order: Ordered) -> dict[str, Any]:
    url = made.address(call, state, made.PICTURE, order.text, order.size, order.name)
    level = 0 if order.name == media.FLAGGED else 3
    return {
        "created": int(time.time()),
        "data": [] if order.name == media.NULL else [{"url": url}],
        "content_filter": [{"role": "assistant", "level": level}],
    }


ROUTE = Route("POST", at(f"{BASE}/images/generations"), _answer)
