"""`POST /videos/generations`: a receipt; the video comes by `GET /async-result/<id>`."""

from __future__ import annotations

import time
from typing import Any

from conversations.sandbox.asgi import Call
from conversations.sandbox.order import VIDEO, Ordered, read_order
from conversations.sandbox.scenarios import media
from conversations.sandbox.scenarios.later import shape_of
from conversations.sandbox.state import State
from conversations.sandbox.tasks import Task

from . import made
from .refused import is_refused
from .route import BASE, Route, at

USUAL_SECONDS = 12.0


async def _order(call: Call, state: State, part: str) -> None:
    order = read_order(call.body, VIDEO)
    if await is_refused(call, order):
        return
    said = order.said.seconds(USUAL_SECONDS if state.usual_rate else 0.0)
    kind = f"{VIDEO}/{order.size[0]}x{order.size[1]}"
    seconds = shape_of(order.asked).seconds(said)
    task = Task(kind, time.time(), seconds, order.model, order.text, order.request_id)
    task_id = task.id(state.key)
    call.notes.extend([order.model, VIDEO])
    await call.respond_json(_told(task_id, task, "PROCESSING") | {"model": order.model})


def is_one(task: Task) -> bool:
    return task.kind.startswith(f"{VIDEO}/")


async def tell(call: Call, state: State, task_id: str, task: Task) -> None:
    """What has become of the task; without a value its fields are null, as they were recorded."""
    order = _ordered(task)
    shape, gate = shape_of(order.asked), order.said.gate
    is_held = gate is not None and not state.gates[gate].is_open
    if is_held or not task.is_done():
        await call.respond_json(_told(task_id, task, shape.working))
    elif shape.ends is not None:
        await call.respond_json(_told(task_id, task, "FAIL") | dict(shape.ends))
    else:
        await call.respond_json(_done(call, state, task_id, task, order))


def _done(call: Call, state: State, task_id: str, task: Task, order: Ordered) -> dict[str, Any]:
    cover = "" if order.name == media.DEAD else order.name
    result = {
        "url": made.address(call, state, made.VIDEO, order.text, order.size, order.name),
        "cover_image_url": made.address(call, state, made.PICTURE, order.text, order.size, cover),
    }
    told = _told(task_id, task, "SUCCESS") | {"model": task.model, "id": None}
    if order.name == media.FLAGGED:
        told["content_filter"] = [{"role": "assistant", "level": 0}]
    return told | {"video_result": None if order.name == media.NULL else [result]}


def _ordered(task: Task) -> Ordered:
    width, _, height = task.kind.partition("/")[2].partition("x")
    return Ordered(VIDEO, task.model, task.prompt, (int(width), int(height)), task.request_id)


def _told(task_id: str, task: Task, state: str) -> dict[str, Any]:
    request_id = task.request_id or task_id
    return {"id": task_id, "request_id": request_id, "model": None, "task_status": state, "video_result": None}


ORDER = Route("POST", at(f"{BASE}/videos/generations"), _order)
