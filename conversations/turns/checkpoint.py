"""Checkpoints: the open replies of this process, written together, and with them the proof that it lives.

One statement for all replies costs the single writer of SQLite least, and PostgreSQL one answer instead of many. A turn
whose text stands still is written only as often as its heartbeat is due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

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
    """Write the checkpoints of `runner` and renew its leases, as many statements for many as for one."""
    checkpoints = list(checkpoints)
    texts = [each for each in checkpoints if each.parts is not None]
    mine = Turn.objects.filter(state=TurnState.RUNNING, runner=runner)
    with transaction.atomic():
        if texts:
            _save_texts(runner, texts)
        if silent := [each.turn_id for each in checkpoints if each.parts is None]:
            mine.filter(pk__in=silent).update(lease_until=lease_end())
        ids = frozenset(each.turn_id for each in checkpoints)
        kept = dict(mine.filter(pk__in=ids).values_list("pk", "stop_asked_at"))
    return Findings(ids - kept.keys(), frozenset(pk for pk, asked_at in kept.items() if asked_at is not None))


def _is_due(writer: Writer) -> bool:
    if writer.log.seq > writer.saved_seq:
        return True
    return clock.monotonic() - writer.saved_at >= settings.CHATSITE_HEARTBEAT


def _checkpoint(turn_id: int, writer: Writer) -> Checkpoint:
    if writer.log.seq == writer.saved_seq:
        return Checkpoint(turn_id, writer.saved_seq, None)
    text = writer.log.text()
    return Checkpoint(turn_id, text.seq, text.parts)


def _save_texts(runner: str, checkpoints: Sequence[Checkpoint]) -> None:
    connection = connections[DEFAULT_DB_ALIAS]
    parts = Turn._meta.get_field("open_parts")
    values: list[Any] = [*_lease(connection)]
    for each in checkpoints:
        values += (each.turn_id, each.seq, parts.get_db_prep_save(each.parts, connection))
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor, len(checkpoints)), [*values, TurnState.RUNNING, runner])


def _lease(connection: BaseDatabaseWrapper) -> tuple[Any]:
    """What `lease_end` says, as a value of `_statement`."""
    if connection.vendor == "sqlite":
        return (connection.ops.adapt_datetimefield_value(lease_end()),)
    return (dt.timedelta(seconds=settings.CHATSITE_LEASE),)


def _statement(vendor: str, count: int) -> str:
    """The text of a flagged turn is kept as it was at the flag: its log is blank since then."""
    lease = "%s" if vendor == "sqlite" else "statement_timestamp() + %s"
    rows = ", ".join(["(%s, %s, %s)"] * count)
    return f"""
        UPDATE conversations_turn
           SET open_parts = CASE WHEN flagged_at IS NULL THEN new.column3 ELSE open_parts END,
               seq = CASE WHEN flagged_at IS NULL THEN new.column2 ELSE seq END,
               lease_until = {lease}
          FROM (VALUES {rows}) AS new
         WHERE conversations_turn.id = new.column1 AND state = %s AND runner = %s
    """  # noqa: S608 - only places for values


def keep_flag(turn_id: int, runner: str, parts: tuple[Part, ...], concerns: Iterable[Concern]) -> None:
    """Write down at the first sight of a flag that there is one: whatever becomes of this process, nobody sees the
    text again before it is withdrawn."""
    mine = Turn.objects.filter(pk=turn_id, state=TurnState.RUNNING, runner=runner)
    mine.update(flagged_at=clock.now(), concerns=[each.to_json() for each in concerns], open_parts=parts)


def keep_concerns(turn_id: int, runner: str, concerns: Iterable[Concern]) -> None:
    """The same of flags that leave the text where it is: whoever ends the turn acts on them."""
    mine = Turn.objects.filter(pk=turn_id, state=TurnState.RUNNING, runner=runner, flagged_at=None)
    mine.update(concerns=[each.to_json() for each in concerns])
