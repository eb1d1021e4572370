"""The pulse of all sockets of this process: tells pages that they are connected, and finds lost pokes and lost rights.

One task and four queries for all of them, however many there are. It also tells pages when a store is away, and
compares them all when it is back.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from itertools import islice
from typing import Any, Protocol

import structlog
from channels.exceptions import ChannelFull
from django.conf import settings
from django.db import Error as DatabaseError

from conversations import outages
from conversations.broadcast import SIGNED_OUT
from conversations.db import db_live

from . import access, frames, listing, transcript
from .access import Visitor
from .transcript import Cursor

logger = structlog.get_logger(__name__)

MOST_NEW_DAYS = 20  # lists a beat that are drawn anew because it is midnight


class Beating(Protocol):
    """A socket as the pulse sees it: it follows a conversation, a list only, or, the reviewer's desk, looks itself."""

    visitor: Visitor
    code: uuid.UUID | None
    cursor: Cursor
    channel_name: str
    channel_layer: Any
    awaits_turn: bool
    looks_itself: bool

    def push(self, html: str) -> bool: ...

    async def close(self, code: int) -> None: ...


_sockets: set[Beating] = set()
_task: asyncio.Task[None] | None = None
_is_due: asyncio.Event | None = None


def join(socket: Beating) -> None:
    """Take part; the first socket starts the pulse."""
    global _task
    _sockets.add(socket)
    if outages.lasting():
        socket.push(_outage(socket))
    if _task is None or _task.done():
        _task = asyncio.get_running_loop().create_task(_beat_on())


def leave(socket: Beating) -> None:
    """Take no part any more; without sockets the pulse ends with its next beat."""
    _sockets.discard(socket)


async def _beat_on() -> None:
    global _is_due
    _is_due = asyncio.Event()
    with outages.watched(_outage_moved):
        while _sockets:
            await _until(_is_due)
            try:
                await beat()
            except DatabaseError as error:
                logger.warning("open pages were not compared with the database", error=str(error))
            except Exception:
                # Nobody would begin it again for the pages that are open, and a right that ended would go unseen.
                logger.exception("a beat of the pulse went wrong")


async def _until(is_due: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(settings.CHATSITE_PULSE):
            await is_due.wait()
    is_due.clear()


def _outage_moved() -> None:
    """Tell every page; what they missed meanwhile is found at once and not with the next beat."""
    made: dict[str, str] = {}
    for socket in tuple(_sockets):
        language = socket.visitor.language
        made[language] = made.get(language) or _outage(socket)
        socket.push(made[language])
    if _is_due is not None and not outages.lasting():
        _is_due.set()


def _outage(socket: Beating) -> str:
    with socket.visitor.seeing():
        return frames.outage(outages.lasting())


async def beat() -> None:
    """One beat of all sockets."""
    sockets = tuple(_sockets)
    for socket in sockets:
        socket.push(frames.PULSE)
    valid = await db_live(access.still_valid, [socket.visitor for socket in sockets])
    revisions = await db_live(transcript.revisions, {socket.code for socket in sockets if socket.code})
    lists = await db_live(transcript.list_revisions, {socket.visitor.pk for socket in sockets})
    of_yesterday = set(islice((socket for socket in sockets if _is_of_yesterday(socket)), MOST_NEW_DAYS))
    for socket in sockets:
        newest = Cursor(revisions.get(socket.code, 0) if socket.code else -1, lists.get(socket.visitor.pk, 0))
        if socket.visitor.session_key not in valid:
            await socket.close(SIGNED_OUT)
        elif _is_late(socket, newest) or socket in of_yesterday:
            await _poke(socket)


def _is_late(socket: Beating, newest: Cursor) -> bool:
    shown = socket.cursor
    has_more = newest.revision > shown.revision or newest.listed > shown.listed
    return socket.looks_itself or socket.awaits_turn or has_more


def _is_of_yesterday(socket: Beating) -> bool:
    return not socket.looks_itself and socket.cursor.day != listing.day_of(socket.visitor)


async def _poke(socket: Beating) -> None:
    # A full channel belongs to a socket that has more news waiting than it can take.
    with suppress(ChannelFull):
        await socket.channel_layer.send(socket.channel_name, {"type": "pulse.missed"})
