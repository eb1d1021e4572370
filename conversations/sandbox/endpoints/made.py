"""`GET /made/<id>`: the files that were made. The id is signed and says what they are, so any process has them."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

from conversations.sandbox import library
from conversations.sandbox.asgi import Call
from conversations.sandbox.refusals import Refused
from conversations.sandbox.scenarios import media
from conversations.sandbox.state import State

from .route import Route, at

KIND = "made"
PICTURE, VIDEO = "image/png", "video/webm"
_MEGABYTE = 1_000_000
_HUGE = 2000  # megabytes
_WORDS = 60  # characters of the prompt that make one file another than the next
_PAGE = b"<!DOCTYPE html><title>Not a file</title><p>This is no picture and no video (simulated).</p>"


def address(call: Call, state: State, media_type: str, words: str, size: tuple[int, int], scenario: str) -> str:
    """Where a file lies, as whoever asks reaches the sandbox."""
    facts = {"kind": KIND, "type": media_type, "words": words[:_WORDS], "size": list(size), "as": scenario[:40]}
    return f"http://{call.headers.get('host', '127.0.0.1')}/made/{library.sealed(state.key, facts)}"


async def _answer(call: Call, state: State, part: str) -> None:
    facts = library.opened(state.key, part, KIND)
    scenario = facts["as"]
    if scenario == media.DEAD:
        raise Refused("1222", "made", status=404)
    if scenario == media.PAGE:
        await call.respond(200, _PAGE, facts["type"])
    elif scenario.startswith(media.HUGE):
        await _huge(call, facts)
    else:
        await call.respond(200, await _file(facts), facts["type"])


async def _file(facts: dict[str, Any]) -> bytes:
    """Drawn beside the event loop: a large picture takes a moment."""
    drawing = import_module("conversations.sandbox.drawing")
    draw = drawing.video if facts["type"] == VIDEO else drawing.picture
    data: bytes = await asyncio.to_thread(draw, facts["words"], *facts["size"])
    return data


async def _huge(call: Call, facts: dict[str, Any]) -> None:
    """The file, and noughts behind it up to its size, which nobody is told before."""
    told = facts["as"].removeprefix(media.HUGE).strip("-")
    left = (int(told) if told.isdecimal() else _HUGE) * _MEGABYTE
    await call.start(200, facts["type"])
    piece = await _file(facts)
    while left > 0:
        left -= len(piece)
        await call.write(piece)
        piece = bytes(min(_MEGABYTE, max(left, 0)))
    await call.write(b"", more=False)


ROUTE = Route("GET", at("/made/<part>"), _answer, needs_key=False)
