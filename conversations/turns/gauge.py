"""How full the model's window is: what the next question of a conversation would take along."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations import clock, present, scale, upstream
from conversations.glm import tokens
from conversations.models import (
    CallKind,
    ContextCount,
    ContextEnd,
    Conversation,
    Node,
    PictureUse,
    Role,
    Summary,
    SummaryState,
    UpstreamCall,
)
from conversations.models.kept import kept_rows

from . import path

TRACK = 48  # units
ASKED_FOR = dt.timedelta(seconds=40)  # longer than GLM is given to count
# After so many turns earlier ones may be summarised, as people choose it.
EVERY = (("0", _("never")), ("3", "3"), ("4", "4"), ("5", "5"))


class Counting(enum.StrEnum):
    """What can be told of GLM's own count of the context, where its usage does not say."""

    IMPOSSIBLE = "impossible"
    """The model is not known to GLM's counter, or there is nothing to count."""
    POSSIBLE = "possible"
    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Gauge:
    """`used` tokens, of `room` where that is known; `is_counted`: as GLM counted them, else an estimate.

    The context begins with turn `first_turn` of `turn_count`; 0 when it begins with the next one. `has_summary`: with
    what was before in short. `may_summarise`: there are turns that could be.
    """

    used: int
    room: int | None
    is_counted: bool
    first_turn: int
    turn_count: int
    has_summary: bool
    may_summarise: bool
    counting: Counting = Counting.IMPOSSIBLE

    @property
    def percent(self) -> int | None:
        return None if not self.room else min(999, round(100 * self.used / self.room))

    @property
    def is_high(self) -> bool:
        return self.percent is not None and self.percent > settings.CHATSITE_SUMMARY_AT

    @property
    def track(self) -> int:
        """Of the track, what is used."""
        return min(TRACK, max(1, round(TRACK * (self.percent or 0) / 100)))


@dataclass(frozen=True, slots=True)
class Context:
    """What the next question would take along: the path so far from `start` on, about `estimate` tokens by our own
    measure. Two of one `name` are the same, as far as that can be told without reading them."""

    nodes: Sequence[Node]
    start: int
    has_summary: bool
    estimate: int

    @property
    def is_empty(self) -> bool:
        return self.start == len(self.nodes)

    @property
    def name(self) -> str:
        first = "" if self.is_empty else self.nodes[self.start].id
        return f"{first}-{self.nodes[-1].id}-{self.estimate}"


def of(conversation: Conversation, nodes: Sequence[Node]) -> Gauge | None:
    """The gauge of a conversation whose shown path has these nodes; None while there are none. It stands still while a
    turn is made: nothing of it is drawn with the first word."""
    context = context_of(conversation, nodes)
    if context is None:
        return None
    used, counting = None if context.is_empty else _counted(context.nodes[-1]), Counting.IMPOSSIBLE
    if used is None and not context.is_empty:
        used, counting = _counted_exactly(conversation, context)
    asked = [i for i, node in enumerate(context.nodes) if node.role == Role.USER]
    return Gauge(
        used=scale.tokens(context.estimate, conversation.model_name) if used is None else used,
        room=scale.room_of(conversation.model_name),
        is_counted=used is not None,
        first_turn=next((n for n, i in enumerate(asked, start=1) if i >= context.start), 0),
        turn_count=len(asked),
        has_summary=context.has_summary,
        may_summarise=any(i >= context.start for i in asked) and context.nodes[-1].role == Role.ASSISTANT,
        counting=counting,
    )


def context_of(conversation: Conversation, nodes: Sequence[Node]) -> Context | None:
    """Of a conversation whose shown path has these nodes; None while there are none."""
    nodes = _ended(nodes)
    if not nodes:
        return None
    start = path.start_of_next(nodes)
    has_summary = bool(start) and nodes[start - 1].context_end == ContextEnd.SUMMARY
    return Context(nodes, start, has_summary, _estimated(conversation, nodes, start, has_summary))


def _ended(nodes: Sequence[Node]) -> Sequence[Node]:
    """Without the turn that is being made, whose reply has nothing yet."""
    if not nodes or nodes[-1].token_count != 0:
        return nodes
    is_asked = len(nodes) > 1 and nodes[-2].role == Role.USER
    return nodes[: -2 if is_asked else -1]


def _counted(leaf: Node) -> int | None:
    """What GLM said of the last request and its reply: the next one begins with them."""
    found: tuple[int | None, ...] = next(iter(kept_rows(_last_usage, leaf.id)), (None, None, None))
    prompt, completion, reasoning = found
    if prompt is None or completion is None:
        return None
    return prompt + completion - (reasoning or 0)


def _last_usage(reply_id: int) -> models.QuerySet[UpstreamCall, Any]:
    rows = UpstreamCall.objects.filter(turn__reply=reply_id, kind=CallKind.CHAT, prompt_tokens__isnull=False)
    return rows.order_by("-pk").values_list("prompt_tokens", "completion_tokens", "reasoning_tokens")[:1]


def _counted_exactly(conversation: Conversation, context: Context) -> tuple[int | None, Counting]:
    """What GLM said when somebody wanted to know, and what became of that."""
    if not upstream.entry(conversation.model_name).counts_tokens:
        return None, Counting.IMPOSSIBLE
    count: ContextCount | None = getattr(conversation, "context_count", None)
    if count is None or (count.context, count.model_name) != (context.name, conversation.model_name):
        return None, Counting.POSSIBLE
    if count.token_count is not None:
        return count.token_count, Counting.DONE
    if count.trouble:
        return None, Counting.FAILED
    # Whoever asked GLM may have died: then it can be asked again.
    return None, Counting.ASKED if clock.now() - count.asked_at < ASKED_FOR else Counting.POSSIBLE


def _estimated(conversation: Conversation, nodes: Sequence[Node], start: int, has_summary: bool) -> int:
    context = nodes[start:]
    if any(node.token_count is None for node in context):
        return path.of(conversation, tuple(nodes)).tokens
    kept = _of_summary(nodes[start - 1].id) if has_summary else 0
    talk = sum(tokens.FRAME + (node.token_count or 0) for node in context)
    return kept + talk + _of_pictures(conversation, context) + tokens.estimated(conversation.instructions)


def _of_pictures(conversation: Conversation, context: Sequence[Node]) -> int:
    """What the pictures of its questions take of a model that sees them; GLM gets so many of the latest."""
    most = upstream.pictures_seen_by(conversation.model_name)
    if not most:
        return 0
    questions = {node.id for node in context if node.role == Role.USER and present.may_be_sent(node.visibility)}
    uses = PictureUse.objects.filter(message__conversation=conversation, message__role=Role.USER)
    sent = sum(key in questions for key in uses.values_list("message_id", flat=True))
    return tokens.IMAGE * min(sent, most)


def _of_summary(message_id: int) -> int:
    rows = Summary.objects.filter(message=message_id, state=SummaryState.DONE).values_list("token_count", flat=True)
    return rows.first() or 0
