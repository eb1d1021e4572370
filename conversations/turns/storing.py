"""Storing what a runner has in hand: again and again while the database does not take it, for nobody else has it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from itertools import chain, repeat

import structlog
from django.db import Error as DatabaseError

from conversations.db import db

logger = structlog.get_logger(__name__)

AGAIN_AFTER = (0.5, 1, 2, 5, 10, 30, *([60] * 14))
"""Seconds before each new try: about a quarter of an hour."""


async def stored(write: Callable[[], bool], turn: uuid.UUID, *, is_flagged: bool = False) -> bool:
    """What `write` says once the database takes it; the last try raises. A flagged reply is never given up, whatever
    goes wrong: whoever reaps the turn knows of it what was written down at its first sight, and not the whole end."""
    for wait in chain(AGAIN_AFTER, repeat(AGAIN_AFTER[-1]) if is_flagged else ()):
        try:
            return await db(write)
        except DatabaseError:
            logger.exception("reply not stored yet", turn=str(turn), again_in=wait)
        except Exception:
            if not is_flagged:
                raise
            logger.exception("flagged reply not stored yet", turn=str(turn), again_in=wait)
        await asyncio.sleep(wait)
    return await db(write)
