"""The pulse of all sockets of this process: tells pages that they are connected, and finds lost pokes and lost rights.

One task and two queries for all of them, however many there are.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from typing import Any, Protocol

import structlog
from channels.exceptions import ChannelFull
from django.conf import settings

from conversations.db import db_live

from . import access, frames, transcript
from .access import SIGNED_OUT, Visitor
from .transcript import Cursor

logger = structlog.get_logger(__name__)


class Beating(Protocol):
    """A socket as the pulse sees it."""

    visitor: Visitor
    code: uuid.UUID
    cursor: Cursor
    channel_name: str
    channel_layer: Any
    awaits_turn: bool

    def push(self, html: str) -> bool: ...

    async def close(self, code: int) -> None: ...


_sockets: set[Beating] = set()
_task: asyncio.Task[None] | None = None


def join(socket: Beating) -> None:
    """Take part; the first socket starts the pulse."""
    global _task
    _sockets.add(socket)
    if _task is None or _task.done():
        _task = asyncio.get_running_loop().create_task(_beat_on())


def leave(socket: Beating) -> None:
    """Take no part any more; without sockets the pulse ends with its next beat."""
    _sockets.discard(socket)


async def _beat_on() -> None:
    while _sockets:
        await asyncio.sleep(settings.CHATSITE_PULSE)
        try:
            await beat()
        except Exception:
            # Nobody would begin it again for the pages that are open, and a right that ended would go unseen.
            logger.exception("a beat of the pulse went wrong")


async def beat() -> None:
    """One beat of all sockets."""
    sockets = tuple(_sockets)
    for socket in sockets:
        socket.push(frames.PULSE)
    valid = await db_live(access.still_valid, [socket.visitor for socket in sockets])
    revisions = await db_live(transcript.revisions, {socket.code for socket in sockets})
    lists = await db_live(transcript.list_revisions, {socket.visitor.pk for socket in sockets})
    for socket in sockets:
        newest = Cursor(revisions.get(socket.code, 0), lists.get(socket.visitor.pk, 0))
        if socket.visitor.session_key not in valid:
            await socket.close(SIGNED_OUT)
        elif _is_late(socket, newest):
            await _poke(socket)


def _is_late(socket: Beating, newest: Cursor) -> bool:
    shown = socket.cursor
    return socket.awaits_turn or newest.revision > shown.revision or newest.listed > shown.listed


async def _poke(socket: Beating) -> None:
    # A full channel belongs to a socket that has more news waiting than it can take.
    with suppress(ChannelFull):
        await socket.channel_layer.send(socket.channel_name, {"type": "pulse.missed"})
