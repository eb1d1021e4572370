"""The rows of calls: written with the request that made them, and once more when what became of them is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from conversations import broadcast, clock
from conversations.codes import new_code
from conversations.models import (
    Approval,
    Conversation,
    Message,
    Part,
    ToolCall,
    ToolCallState,
    Turn,
    TurnState,
    User,
)
from conversations.models.prepared import insert
from conversations.moderation import Concern

from .finish import end_call
from .outcome import CallEnd

# Of calls that were allowed, whatever came of them.
ALLOWED = (ToolCallState.APPROVED, ToolCallState.RUNNING, ToolCallState.SUCCEEDED, ToolCallState.FAILED)


@dataclass(frozen=True, slots=True)
class Planned:
    """A call that the model has just made. `trouble`: it cannot be run as it is."""

    round: int
    index: int
    call_id: str
    name: str
    approval: Approval = Approval.NEVER
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a call that ran; `length` counts the characters that the model is told."""

    row: int
    state: ToolCallState
    trouble: str
    length: int
    ended_at: dt.datetime


def begin(turn_id: int, upstream_call: int | None, end: CallEnd, planned: Sequence[Planned]) -> list[ToolCall]:
    """Close the request of a round and write down what it called for: what is unfit has failed, what needs a person
    waits for one, the rest runs."""
    with transaction.atomic():
        if upstream_call is not None:
            end_call(upstream_call, end)
        known = _allowed_before(turn_id, {each.name for each in planned if each.approval == Approval.FIRST})
        return [_begun(turn_id, each, known) for each in planned]


def _begun(turn_id: int, planned: Planned, known: set[str]) -> ToolCall:
    now = clock.now()
    asks = planned.approval == Approval.ALWAYS or (planned.approval == Approval.FIRST and planned.name not in known)
    state = ToolCallState.AWAITING if asks else ToolCallState.RUNNING
    row = ToolCall(
        code=new_code(),
        turn_id=turn_id,
        round=planned.round,
        index=planned.index,
        call_id=planned.call_id,
        name=planned.name,
        approval=planned.approval,
        state=ToolCallState.FAILED if planned.trouble else state,
        trouble=planned.trouble,
        requested_at=now,
        started_at=None if planned.trouble or asks else now,
        ended_at=now if planned.trouble else None,
    )
    return insert(row)


def _allowed_before(turn_id: int, names: set[str]) -> set[str]:
    """Which of these tools the person has let run in this conversation before."""
    if not names:
        return set()
    here = Turn.objects.filter(pk=turn_id).values("conversation")
    rows = ToolCall.objects.filter(turn__conversation__in=here, name__in=names, decided_at__isnull=False)
    return set(rows.filter(state__in=ALLOWED).values_list("name", flat=True))


def take_up(turn_id: int) -> dict[tuple[int, int], ToolCall]:
    """The calls that a turn has waited for, by their place: those that were allowed run from now on."""
    rows = ToolCall.objects.filter(turn_id=turn_id)
    for row in rows.filter(state=ToolCallState.APPROVED):
        row.move(ToolCallState.RUNNING, started_at=clock.now())
    return {(row.round, row.index): row for row in rows}


def end(ended: Iterable[Ended]) -> None:
    for each in ended:
        row = ToolCall(pk=each.row, state=ToolCallState.RUNNING)
        row.move(each.state, trouble=each.trouble, result_length=each.length, ended_at=each.ended_at)


def wait(
    turn_id: int, runner: str, parts: tuple[Part, ...], seq: int, concerns: Iterable[Concern], seconds: float | None
) -> bool:
    """Let the turn wait for its person, with all that there is of it; False when it is to be stopped, or not the
    runner's any more."""
    rows = Turn.objects.select_related("conversation__owner", "person")
    with transaction.atomic():
        turn = rows.filter(pk=turn_id).first()
        if turn is None or turn.runner != runner or turn.state != TurnState.RUNNING:
            return False
        conversation = turn.conversation
        conversation.next_revision()
        turn.refresh_from_db(fields=["state"])
        if turn.state != TurnState.RUNNING:
            return False
        is_waiting = turn.move(
            TurnState.WAITING,
            guard=Q(stop_asked_at=None),  # looked at with the step itself: a wish that comes later finds it waiting
            runner="",
            lease_until=None,
            open_parts=parts,
            seq=seq,
            concerns=[each.to_json() for each in concerns],
            reasoning_seconds=seconds,
            expires_at=clock.now() + dt.timedelta(seconds=settings.CHATSITE_APPROVAL_DEADLINE),
        )
        if is_waiting:
            tell(conversation, turn.reply_id, is_news=True)
    return is_waiting


def tell(conversation: Conversation, reply_id: int, *, is_news: bool) -> None:
    """Let every page draw the reply anew; what is news, its person does not know yet."""
    Message.objects.filter(pk=reply_id).update(revision=conversation.revision)
    listed = User.raise_revision(conversation.owner_id)
    news = {"news_revision": conversation.revision} if is_news else {}
    Conversation.objects.filter(pk=conversation.pk).update(listed_revision=listed, **news)
    broadcast.conversation_moved(conversation)
    broadcast.list_moved(conversation.owner, listed)
