"""What an assistant of GLM did by itself, as entries of the reply; and the pictures it drew, which are copied here."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import DatabaseError

from conversations import outgoing, pictures, upstream
from conversations.db import in_pool
from conversations.glm import Event, HostedUse, ToolUsed
from conversations.glm.quirks import scrub
from conversations.models import Part, Picture, User
from conversations.models.picture import ALT_LENGTH
from conversations.outgoing import Bounds, OutgoingError, OwnServer, Request, blocking
from conversations.pictures import Crowded, PictureError, SentPicture, Unread
from conversations.tool_entries import CallState, Entry, What, calls_in

logger = structlog.get_logger(__name__)

INPUTS = {"web_browser": "query", "code_interpreter": "code", "drawing_tool": "prompt"}
"""What people read beside the input of a tool."""
MOST_PICTURES = 8
"""Of one use; GLM draws one."""
SECONDS = 60.0
TRIES = (0.0, 1.0, 3.0)  # seconds before each; only where there was no room to look at it

Facts = Mapping[str, Any]


class Notebook(Protocol):
    """The writer of a turn."""

    def take(self, events: Sequence[Event]) -> None: ...

    def note_tools(self, entries: Sequence[Entry]) -> None: ...


def entries(told: ToolUsed) -> list[Entry]:
    """What the reply holds of a use: that it began, then what with and what came of it. Pictures come apart, once they
    are copied."""
    use = told.use
    facts = {"name": scrub(use.name), "is_hosted": True}
    if not told.is_over:
        return [Entry(What.CALL, 1, use.index, "", facts)]
    found = [Entry(What.INPUT, 1, use.index, _arguments(use), facts)]
    if use.output is not None and not use.images:
        found.append(_result(use, CallState.FAILED if use.is_failed else CallState.SUCCEEDED))
    return found


def drawn(use: HostedUse, copies: Sequence[Facts]) -> Entry:
    """The same for one that drew something: `copies` are the pictures that could be had."""
    state = CallState.SUCCEEDED if copies else CallState.FAILED
    return _result(use, state, pictures=list(copies), lost=len(use.images) - len(copies))


def pictures_in(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """The codes of the pictures in calls of a reply, each once, with the words that they were drawn from."""
    seen: set[str] = set()
    for call in calls_in(part.text for part in parts if part.kind == "tool"):
        for facts in call.pictures:
            if facts["picture"] not in seen:
                seen.add(facts["picture"])
                yield facts["picture"], _words(call.arguments)[:ALT_LENGTH]


async def take(
    events: Sequence[Event], writer: Notebook, person_id: int, is_withdrawn: Callable[[], Awaitable[bool]]
) -> None:
    """Give the events to a writer. What was drawn is copied before the text goes on: nothing that comes late cuts it in
    two. For a reply that is withdrawn by then nothing is fetched."""
    for piece, use in _split_at_drawings(events):
        writer.take(piece)
        if use is not None and not await is_withdrawn():
            writer.note_tools([drawn(use, await copied(use, person_id))])


def _split_at_drawings(events: Sequence[Event]) -> Iterator[tuple[Sequence[Event], HostedUse | None]]:
    """The events in pieces, each up to a drawing, whose pictures have to be copied before the text goes on."""
    start = 0
    for at, event in enumerate(events):
        if isinstance(event, ToolUsed) and event.use.images:
            yield events[start : at + 1], event.use
            start = at + 1
    if start < len(events):
        yield events[start:], None


async def copied(use: HostedUse, person_id: int) -> list[Facts]:
    """Copies of what was drawn, kept for a person; without those that cannot be had."""
    copies = await asyncio.gather(*(_copied(url, person_id) for url in use.images[:MOST_PICTURES]))
    return [facts for facts in copies if facts is not None]


async def _copied(url: str, person_id: int) -> Facts | None:
    for wait in TRIES:
        await asyncio.sleep(wait)
        try:
            return await in_pool("media", partial(_copy, url, person_id))
        except (Crowded, Unread):
            continue
        except (OutgoingError, PictureError, OSError, DatabaseError, User.DoesNotExist) as error:
            logger.warning("a drawing was not copied", why=type(error).__name__)
            return None
    return None


def _copy(url: str, person_id: int) -> Facts | None:
    bounds = Bounds(most_bytes=settings.CHATSITE_PICTURE_BYTES, seconds=SECONDS)
    own = OwnServer.of(upstream.current().base_url)
    with tempfile.TemporaryFile() as file, blocking.sent(Request("GET", url), bounds, own=own) as answer:
        if answer.status != HTTPStatus.OK:
            raise outgoing.BrokenAnswer("no picture", outgoing.Why.ANSWER)
        for piece in answer:
            file.write(piece)
        picture: Picture = pictures.keep_made(User.objects.get(pk=person_id), file)
    return SentPicture(picture).part.raw


def _result(use: HostedUse, state: CallState, **facts: Any) -> Entry:
    return Entry(What.RESULT, 1, use.index, scrub(use.output or ""), {"state": state.value, **facts})


def _arguments(use: HostedUse) -> str:
    """As a JSON object, as those of functions are."""
    with suppress(ValueError, RecursionError):
        told = json.loads(use.input)
        if isinstance(told, dict):
            return scrub(json.dumps(told, ensure_ascii=False))
    named = {INPUTS.get(use.name, "input"): use.input} if use.input else {}
    return scrub(json.dumps(named, ensure_ascii=False))


def _words(arguments: str) -> str:
    found = json.loads(arguments or "{}")
    return str(found.get("prompt", "")) if isinstance(found, dict) else ""
