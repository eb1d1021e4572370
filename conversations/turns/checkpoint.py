"""Checkpoints: the open replies of this process, written together, and with them the proof that it lives.

One transaction for all replies costs SQLite's single writer least. A turn whose text stands still is written only as
often as its heartbeat is due.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from conversations import clock
from conversations.models import Part, Turn, TurnState
from conversations.moderation import Concern

from .claim import lease_end
from .writer import Writer


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The text of an open reply and the number that it covers."""

    turn_id: int
    seq: int
    parts: tuple[Part, ...] | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a round of checkpoints learned: turns taken away from this process, and turns that people want stopped."""

    lost: frozenset[int]
    stopped: frozenset[int]


def due(writers: Iterable[tuple[int, Writer]]) -> list[Checkpoint]:
    """What must be written now; the writers count it as saved once `saved` is told."""
    return [_checkpoint(turn_id, writer) for turn_id, writer in writers if _is_due(writer)]


def saved(writer: Writer, checkpoint: Checkpoint) -> None:
    writer.saved_seq = checkpoint.seq
    writer.saved_at = clock.monotonic()


def save(runner: str, checkpoints: Iterable[Checkpoint]) -> Findings:
    """Write the checkpoints of `runner` and renew its leases."""
    checkpoints = list(checkpoints)
    ids = [checkpoint.turn_id for checkpoint in checkpoints]
    with transaction.atomic():
        lost = frozenset(each.turn_id for each in checkpoints if not _save(runner, each))
    asked = Turn.objects.filter(pk__in=ids, state=TurnState.RUNNING).exclude(stop_asked_at=None)
    return Findings(lost, frozenset(asked.values_list("pk", flat=True)))


def _is_due(writer: Writer) -> bool:
    if writer.log.seq > writer.saved_seq:
        return True
    return clock.monotonic() - writer.saved_at >= settings.CHATSITE_HEARTBEAT


def _checkpoint(turn_id: int, writer: Writer) -> Checkpoint:
    if writer.log.seq == writer.saved_seq:
        return Checkpoint(turn_id, writer.saved_seq, None)
    text = writer.log.text()
    return Checkpoint(turn_id, text.seq, text.parts)


def _save(runner: str, checkpoint: Checkpoint) -> bool:
    mine = Turn.objects.filter(pk=checkpoint.turn_id, state=TurnState.RUNNING, runner=runner)
    if checkpoint.parts is not None:
        # The text of a flagged turn is kept as it was at the flag: its log is blank since then.
        text = {"open_parts": checkpoint.parts, "seq": checkpoint.seq}
        if mine.filter(flagged_at=None).update(lease_until=lease_end(), **text):
            return True
    return bool(mine.update(lease_until=lease_end()))


def keep_flag(turn_id: int, runner: str, parts: tuple[Part, ...], concerns: Iterable[Concern]) -> None:
    """Write down at the first sight of a flag that there is one: whatever becomes of this process, nobody sees the
    text again before it is withdrawn."""
    mine = Turn.objects.filter(pk=turn_id, state=TurnState.RUNNING, runner=runner)
    mine.update(flagged_at=clock.now(), concerns=[each.to_json() for each in concerns], open_parts=parts)
