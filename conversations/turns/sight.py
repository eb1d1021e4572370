"""First sights of flags: what was flagged about a turn and its text at that moment, until both are in a case.

It stands in the row of the turn, and outside of the database for as long as that cannot be written.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import structlog
from django.db import Error as DatabaseError

from conversations import sightings
from conversations.db import db, in_pool
from conversations.models import FlagSource, Part, Turn, TurnState
from conversations.moderation import Concern

from .checkpoint import keep_concerns, keep_flag
from .claim import Assignment
from .finish import flag_ended
from .outcome import pending

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sight:
    concerns: tuple[Concern, ...]
    parts: tuple[Part, ...]

    def written(self) -> bytes:
        concerns, parts = ([each.to_json() for each in told] for told in (self.concerns, self.parts))
        return json.dumps({"v": 1, "concerns": concerns, "parts": parts}, ensure_ascii=False).encode("utf-8", "replace")


def keep(turn: Assignment, seen: Sight) -> None:
    """So that it outlives this process, before any page is blanked: what people saw go away must not come back."""
    sightings.keep(turn.turn, seen.written())


async def let_go(turn: Assignment) -> None:
    """What was kept has turned out to leave the text in sight."""
    await in_pool("sight", partial(sightings.forget, turn.turn))


async def write_down(turn: Assignment, seen: Sight) -> None:
    """Where it outlives the machine: in the row, and in Redis beside a database that may keep us waiting."""
    places = (
        in_pool("sight", partial(sightings.share, turn.turn, seen.written())),
        db(keep_flag, turn.turn_id, turn.runner, seen.parts, seen.concerns),
    )
    for failed in await asyncio.gather(*places, return_exceptions=True):
        if failed is not None:
            logger.error("flag not written down before its withdrawal", turn=str(turn.turn), exc_info=failed)


async def note(turn: Assignment, concerns: Iterable[Concern]) -> None:
    """Flags that leave the text where it is stand in the row, too, for whoever ends the turn."""
    try:
        await db(keep_concerns, turn.turn_id, turn.runner, concerns)
    except DatabaseError:
        logger.exception("flags not written down before the end of their turn", turn=str(turn.turn))


def read(told: bytes, stored: tuple[Part, ...]) -> Sight:
    """Of one that had no room all that is known is that it was: then what is `stored` of the text is in question."""
    try:
        found = json.loads(told)
        concerns = tuple(Concern.from_json(each) for each in found["concerns"])
        return Sight(concerns, tuple(Part(**part) for part in found["parts"]))
    except (ValueError, KeyError, TypeError):
        logger.exception("first sight of a flag cannot be read")
        return Sight((Concern(FlagSource.FINISH),), stored)


def of(turn: Turn) -> Sight | None:
    """What was seen of a turn that nobody has ended; None when nothing was flagged."""
    if turn.flagged_at is not None:
        return Sight(pending(turn), turn.open_parts)
    told = sightings.read(turn.code)
    return None if told is None else read(told, turn.open_parts)


def settle() -> int:
    """Let go what has been acted on. Where a turn was ended by somebody who could not know of its flag, act on it now;
    one that still runs is left to its process, or to whoever reaps it. How many flags were acted on late."""
    return sum(map(_settle, sightings.turns()))


def _settle(code: uuid.UUID) -> bool:
    turn = Turn.objects.filter(code=code).first()
    if turn is not None and turn.is_live:
        return False
    is_late = turn is not None and _act(turn)
    sightings.forget(code)
    return is_late


def _act(turn: Turn) -> bool:
    told = sightings.read(turn.code)
    if told is None or turn.state == TurnState.FILTERED or turn.flagged_at is not None:
        return False
    sight = read(told, ())
    is_late = flag_ended(turn.pk, sight.concerns, sight.parts)
    logger.warning("flag acted on after the end of its turn", turn=str(turn.code))
    return is_late
