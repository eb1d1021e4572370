"""What a person decides about calls that wait for them; and what becomes of those that nobody decides about."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from conversations import clock, evidence, sweeping
from conversations.models import Part, ToolCall, ToolCallState, Turn, TurnState, User
from conversations.models.kept import kept
from conversations.tool_entries import CallState, Entry, What

from .access import locked
from .errors import Missing
from .finish import finish
from .outcome import UNANSWERED, Outcome, pending
from .tool_calls import tell

logger = structlog.get_logger(__name__)

DECISIONS = {True: ToolCallState.APPROVED, False: ToolCallState.DENIED}


def decide(person: User, code: uuid.UUID, call_code: uuid.UUID, *, allows: bool, begin: Callable[[Turn], None]) -> None:
    """Let a call run, or not. With the last that waits the turn goes on: `begin` is called with it in the transaction.
    Twice, and too late, change nothing. Raises Missing for anybody else's."""
    with transaction.atomic():
        conversation = locked(person, code)
        rows = ToolCall.objects.select_related("turn__conversation__owner", "turn__person", "turn__question")
        call = rows.select_related("turn__reply").filter(code=call_code, turn__conversation=conversation).first()
        if call is None:
            raise Missing
        turn = call.turn
        if turn.state != TurnState.WAITING or call.state != ToolCallState.AWAITING:
            return
        decision = DECISIONS[allows]
        call.move(decision, decided_at=clock.now())
        turn.conversation = conversation
        _keep(turn, _with_decision(turn.open_parts, call, decision))
        if turn.state == TurnState.QUEUED:
            begin(turn)


def expire_due() -> int:
    """End the turns that have waited long enough; how many those were."""
    return sweeping.count(_expire, kept(_overdue, clock.now()))


def _overdue(now: dt.datetime) -> QuerySet[Turn]:
    return Turn.objects.overdue(now).select_related("conversation__owner")


def _keep(turn: Turn, parts: tuple[Part, ...]) -> None:
    """The parts with one more decision in them, and the turn in line again with the last one."""
    written: dict[str, Any] = {"open_parts": parts, "seq": turn.seq + 1}
    if ToolCall.objects.filter(turn=turn, state=ToolCallState.AWAITING).exists():
        Turn.objects.filter(pk=turn.pk, state=TurnState.WAITING).update(**written)
    else:
        turn.move(TurnState.QUEUED, queued_at=clock.now(), expires_at=None, **written)
    tell(turn.conversation, turn.reply_id, is_news=False)


def _with_decision(parts: tuple[Part, ...], call: ToolCall, decision: str) -> tuple[Part, ...]:
    """What waits stands in the last part of its kind."""
    entry = Entry(What.DECIDED, call.round, call.index, "", {"state": CallState(decision).value})
    place = max(i for i, part in enumerate(parts) if part.kind == "tool")
    decided = replace(parts[place], text=parts[place].text + entry.written())
    return (*parts[:place], decided, *parts[place + 1 :])


def _expire(turn: Turn) -> bool:
    """The page says that nobody answered, and offers to ask again."""
    with evidence.recording():
        turn.conversation.next_revision()
        turn.refresh_from_db(fields=["state", "open_parts"])
        if turn.state != TurnState.WAITING:
            return False
        parts = turn.open_parts
        for call in ToolCall.objects.filter(turn=turn, state=ToolCallState.AWAITING):
            if call.move(ToolCallState.EXPIRED, decided_at=clock.now()):
                parts = _with_decision(parts, call, ToolCallState.EXPIRED)
        outcome = Outcome(TurnState.FAILED, trouble=UNANSWERED, concerns=pending(turn))
        finish(turn.pk, "", outcome, parts)
    logger.info("nobody decided about a tool", turn=str(turn.code))
    return True
