"""`POST /async/chat/completions` and `GET /async-result/<id>`: chat that is answered later."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from conversations.sandbox.asgi import Call, Event
from conversations.sandbox.asked import Asked
from conversations.sandbox.refusals import Refused
from conversations.sandbox.reply import usual
from conversations.sandbox.scenarios import choose
from conversations.sandbox.scenarios.later import shape_of
from conversations.sandbox.state import State
from conversations.sandbox.steps import Page, Refuse, Step, Wait
from conversations.sandbox.tasks import Task, read, request_of
from conversations.sandbox.validation import read_request
from conversations.sandbox.whole import Whole

from . import videos
from .route import BASE, Route, at

USUAL_SECONDS = 6.0
CHAT = "chat"


async def _order(call: Call, state: State, part: str) -> None:
    """A receipt; what GLM would refuse at once is refused here."""
    asked = replace(read_request(call.body), is_streamed=False)
    asked = replace(asked, attempt=state.attempts.count(asked))
    steps, chosen = _steps(asked)
    first = next(steps, None)
    if isinstance(first, Refuse | Page):
        await Whole(call, chosen, 0, None).play(chain([first], steps))
        return
    said = chosen.prompt.seconds(USUAL_SECONDS if state.usual_rate else 0.0)
    seconds = shape_of(asked).seconds(said)
    task = Task(CHAT, time.time(), seconds, asked.model, asked.prompt.text, asked.request_id or "")
    task_id = task.id(state.key)
    state.requests.keep(task_id, asked)
    call.notes.extend([asked.model, "later"])
    await call.respond_json(_told(task_id, asked, "PROCESSING", asked.model))


async def _result(call: Call, state: State, part: str) -> None:
    task = read(part, state.key)
    if task is None:
        raise Refused("1214", "id", status=404)
    if videos.is_one(task):
        await videos.tell(call, state, part, task)
        return
    asked = state.requests.find(part) or request_of(task)
    shape, gate = shape_of(asked), asked.prompt.gate or _gate(asked)
    is_held = gate is not None and not state.gates[gate].is_open
    if is_held or not task.is_done():
        await call.respond_json(_told(part, asked, shape.working, None))
    elif shape.ends is not None:
        await call.respond_json(_told(part, asked, "FAIL", None) | dict(shape.ends))
    else:
        await _whole(call, part, asked)


def _gate(asked: Asked) -> str | None:
    """A scenario reads its options out of the prompt; here they hold for all."""
    return choose(asked)[1].prompt.gate


async def _whole(call: Call, task_id: str, asked: Asked) -> None:
    """The body that the whole form of the same request has, with the state beside it."""
    steps, chosen = _steps(asked)
    pieces: list[bytes] = []
    heads: list[Event] = []

    async def collect(event: Event) -> None:
        (heads if event["type"] == "http.response.start" else pieces).append(event.get("body", event))

    kept = replace(call, send=collect)
    await Whole(kept, chosen, 0, None).play(each for each in steps if not isinstance(each, Wait))
    body = b"".join(pieces)
    try:
        value = json.loads(body)
    except ValueError:  # cut off, or a page
        value = None
    if not isinstance(value, dict):
        await call.respond(int(heads[0].get("status", 200)), body)
    elif "error" in value:
        await call.respond_json(_told(task_id, asked, "FAIL", None) | value)
    else:
        await call.respond_json(value | _told(task_id, asked, "SUCCESS", value.get("model")))


def _steps(asked: Asked) -> tuple[Iterator[Step], Asked]:
    scenario, chosen = choose(asked)
    return (scenario.steps(chosen) if scenario else usual(chosen)), chosen


def _told(task_id: str, asked: Asked, state: str, model: str | None) -> dict[str, Any]:
    return {"id": task_id, "request_id": asked.request_id or task_id, "model": model, "task_status": state}


ORDER = Route("POST", at(f"{BASE}/async/chat/completions"), _order)
RESULT = Route("GET", at(f"{BASE}/async-result/<part>"), _result)
