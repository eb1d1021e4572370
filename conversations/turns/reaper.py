"""Ends the turns whose process fell silent; their text is kept as far as it is known."""

from collections.abc import Collection

import structlog
from django.db import transaction

from conversations import turn_log
from conversations.models import Turn, TurnState
from conversations.present import OpenText

from .claim import silent_turns
from .finish import finish, interrupted_call
from .outcome import Outcome

log = structlog.get_logger(__name__)


def reap_silent(but: Collection[int] = ()) -> int:
    """End every running turn whose lease is over, but those that the caller runs itself; how many there were."""
    return sum(reap(turn) for turn in silent_turns() if turn.pk not in but)


def reap_all_running(but_of: str = "") -> int:
    """End every running turn but those of the runner `but_of`: for a process that has just begun and is the only
    one on this database."""
    return sum(reap(turn) for turn in Turn.objects.filter(state=TurnState.RUNNING).exclude(runner=but_of))


def reap(turn: Turn) -> bool:
    text = _longer(OpenText(turn.open_parts, turn.seq), turn_log.find(turn.code))
    with transaction.atomic():
        ended = finish(turn.pk, turn.runner, Outcome(TurnState.INTERRUPTED), text.parts)
        if ended:
            interrupted_call(turn.code)
    if ended:
        log.warning("turn interrupted", turn=str(turn.code), runner=turn.runner, seq=text.seq)
    return ended


def _longer(checkpoint: OpenText, found: turn_log.TurnLog | None) -> OpenText:
    logged = found.text() if found else checkpoint
    return logged if logged.seq > checkpoint.seq else checkpoint
