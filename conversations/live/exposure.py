"""What the sockets of this process had sent of a reply when it was flagged, written down for all of them together."""

from __future__ import annotations

import asyncio

import structlog

from conversations.db import db
from conversations.moderation import Seen, keep_of_flagged, keep_seen

logger = structlog.get_logger(__name__)

# Sockets hear of a flag one after the other; this long the first waits for the others.
TOGETHER = 0.25  # seconds

_noted: list[Seen] = []
_task: asyncio.Task[None] | None = None


def note(seen: Seen) -> None:
    """A reply that this socket followed was blanked: if that was a flag, what had been sent counts."""
    global _task
    _noted.append(seen)
    if _task is None or _task.done():
        _task = asyncio.get_running_loop().create_task(_write())


async def closed(seen: Seen) -> None:
    """A socket closed in mid-reply: a flag may come when nobody can be asked any more."""
    try:
        await db(keep_seen, [seen])
    except Exception:
        logger.exception("not written down what a closed page had shown")


async def _write() -> None:
    while _noted:  # again for what was noted while the database was at it: nobody else begins for that
        await asyncio.sleep(TOGETHER)
        seen = _noted.copy()
        _noted.clear()
        try:
            await db(keep_of_flagged, seen)
        except Exception:
            logger.exception("not written down what open pages had shown")
