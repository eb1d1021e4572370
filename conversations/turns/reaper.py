"""Ends the turns whose process fell silent; their text is kept as far as it is known."""

import structlog

from conversations import turn_log
from conversations.models import Turn, TurnState
from conversations.present import OpenText

from .claim import silent_turns
from .finish import finish, interrupted_call
from .outcome import Outcome

log = structlog.get_logger(__name__)


def reap_silent() -> int:
    """End every running turn whose lease is over; how many there were."""
    return sum(reap(turn) for turn in silent_turns())


def reap_all_running() -> int:
    """End every running turn: for a process that has just begun and is the only one on this database."""
    return sum(reap(turn) for turn in Turn.objects.filter(state=TurnState.RUNNING))


def reap(turn: Turn) -> bool:
    text = _longer(OpenText(turn.open_parts, turn.seq), turn_log.find(turn.code))
    ended = finish(turn.pk, turn.runner, Outcome(TurnState.INTERRUPTED), text.parts)
    if ended:
        interrupted_call(turn.code)
        log.warning("turn interrupted", turn=str(turn.code), runner=turn.runner, seq=text.seq)
    return ended


def _longer(checkpoint: OpenText, found: turn_log.TurnLog | None) -> OpenText:
    logged = found.text() if found else checkpoint
    return logged if logged.seq > checkpoint.seq else checkpoint
