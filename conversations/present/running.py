"""Replies that other processes write: what of them anybody may see, by the last checkpoint."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from conversations.models import Turn

from .shown import OpenText
from .texts import stored_open_text


@dataclass(frozen=True, slots=True)
class RunningText:
    """`text` is None while nobody may see it."""

    reply: uuid.UUID
    owner: uuid.UUID
    text: OpenText | None


def running_texts(codes: Iterable[uuid.UUID]) -> dict[uuid.UUID, RunningText]:
    """By the codes of turns; those that nobody runs are missing."""
    turns = Turn.objects.running().filter(code__in=codes).select_related("reply", "person")
    return {turn.code: _running(turn) for turn in turns}


def _running(turn: Turn) -> RunningText:
    return RunningText(turn.reply.code, turn.person.code, stored_open_text(turn))
