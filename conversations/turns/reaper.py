"""Ends the turns whose process fell silent; their text is kept as far as it is known."""

from collections.abc import Collection

import structlog

from conversations import evidence, moderation, sweeping, turn_log
from conversations.models import Turn, TurnState
from conversations.present import OpenText

from . import sight
from .claim import silent_turns
from .finish import finish, interrupted_call
from .outcome import Outcome, pending

log = structlog.get_logger(__name__)


def reap_silent(but: Collection[int] = ()) -> int:
    """End every running turn whose lease is over, but those that the caller runs itself; how many there were."""
    return sweeping.count(reap, (turn for turn in silent_turns() if turn.pk not in but))


def reap_all_running(but_of: str = "") -> int:
    """End every running turn but those of the runner `but_of`: for a process that has just begun and is the only
    one on this database."""
    return sweeping.count(reap, Turn.objects.filter(state=TurnState.RUNNING).exclude(runner=but_of))


def reap(turn: Turn) -> bool:
    """A process that died between a flag and its withdrawal leaves the withdrawal to do."""
    seen = sight.of(turn)
    if seen is None:
        text = turn_log.rescue(turn.code, OpenText(turn.open_parts, turn.seq))
        outcome, parts = Outcome(TurnState.INTERRUPTED, concerns=pending(turn)), text.parts
    else:
        outcome, parts = Outcome(TurnState.FILTERED, concerns=seen.concerns), seen.parts
    with evidence.recording():
        if seen is not None:
            moderation.seen_by_unknown(turn.reply, turn.person.code)
        ended = finish(turn.pk, turn.runner, outcome, parts)
        if ended:
            interrupted_call(turn.code)
    if ended:
        log.warning("turn interrupted", turn=str(turn.code), runner=turn.runner, flagged=seen is not None)
    return ended
