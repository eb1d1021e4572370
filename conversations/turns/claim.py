"""Taking a queued turn: from the row to all that the runner needs, so that no query stands before the first word."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Now

from conversations import clock, crypto, present, upstream
from conversations.codes import new_code
from conversations.glm import ChatMessage, ChatRequest
from conversations.models import CallKind, Message, Role, Turn, TurnState, UpstreamCall, Visibility

from . import prompt

HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A turn that this process has taken, with the request to make and the call row that stands for it."""

    turn_id: int
    turn: uuid.UUID
    reply: uuid.UUID
    owner: uuid.UUID
    runner: str
    upstream: upstream.Upstream
    request: ChatRequest
    call_id: int
    before: str

    def with_messages(self, messages: tuple[ChatMessage, ...]) -> ChatRequest:
        return ChatRequest(
            model=self.request.model,
            messages=messages,
            request_id=str(uuid.uuid4()),
            user_id=self.request.user_id,
            parameters=self.request.parameters,
        )


def lease_end() -> Any:
    """When a lease given now ends, by the clock of the database that all processes share."""
    return _database_now() + dt.timedelta(seconds=settings.CHATSITE_LEASE)


def _database_now() -> Any:
    # A SQLite file has one machine and so one clock; asking for it in SQL would only cost precision.
    return clock.now() if connection.vendor == "sqlite" else Now()


def silent_turns() -> models.QuerySet[Turn]:
    return Turn.objects.silent(_database_now())


def claim(turn_id: int, runner: str) -> Assignment | None:
    """Take a queued turn for `runner`; None when somebody else was first or it was stopped."""
    with transaction.atomic():
        rows = Turn.objects.select_related("conversation", "person", "question", "reply")
        turn = rows.filter(pk=turn_id, state=TurnState.QUEUED).first()
        return take(turn, runner) if turn else None


def take(turn: Turn, runner: str) -> Assignment | None:
    """The same for a turn that is at hand with all that belongs to it, inside the caller's transaction."""
    source = upstream.current()
    taken = turn.move(
        TurnState.RUNNING,
        runner=runner,
        lease_until=lease_end(),
        upstream=source.name,
        is_simulated=source.is_simulated,
        started_at=clock.now(),
    )
    return _assignment(turn, source) if taken else None


def _assignment(turn: Turn, source: upstream.Upstream) -> Assignment:
    continues = turn.reply.continues
    request = ChatRequest(
        model=turn.model_name,
        messages=prompt.build(_path(turn), go_on=continues),
        request_id=str(uuid.uuid4()),
        user_id=crypto.pseudonym(turn.person),
        parameters={},
    )
    return Assignment(
        turn_id=turn.pk,
        turn=turn.code,
        reply=turn.reply.code,
        owner=turn.person.code,
        runner=turn.runner,
        upstream=source,
        request=request,
        call_id=begin_call(turn, request, source.name, attempt=1).pk,
        before=present.prompt_text(turn.question) if continues else "",
    )


def begin_call(turn: Turn, request: ChatRequest, upstream_name: str, *, attempt: int) -> UpstreamCall:
    """The row of a request that is about to be made."""
    return UpstreamCall.objects.create(
        code=new_code(),
        turn=turn,
        turn_code=turn.code,
        person_code=turn.person.code,
        kind=CallKind.CHAT,
        attempt=attempt,
        upstream=upstream_name,
        model_asked=request.model,
        parameters={"v": 1, **request.parameters},
        request_id=request.request_id,
        started_at=clock.now(),
    )


def _path(turn: Turn) -> list[prompt.Said]:
    """The path that leads to the reply, in two queries at any length; a first question needs none."""
    if turn.question.parent_id is None:
        return [_said(turn.question)]
    tree = turn.conversation.tree()
    nodes = tree.path_to(turn.question_id)
    rows = Message.objects.filter(pk__in=[node.id for node in nodes]).select_related("turn")
    by_id = {message.pk: message for message in rows}
    return [_said(by_id[node.id]) for node in nodes]


def _said(message: Message) -> prompt.Said:
    turn = getattr(message, "turn", None) if message.role == Role.ASSISTANT else None
    return prompt.Said(
        role=message.role,
        text=present.prompt_text(message),
        continues=message.continues,
        is_left_out=message.visibility != Visibility.SHOWN,
        is_barrier=turn is not None and turn.trouble == HISTORY,
    )
