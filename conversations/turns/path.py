"""What has been said on the way to a message: all that a prompt is built from, in two queries at any length."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from conversations import present
from conversations.glm import Image, tokens
from conversations.models import (
    HISTORY,
    ContextEnd,
    Conversation,
    Message,
    Node,
    Role,
    SummaryState,
    Visibility,
)

from . import prompt
from .prompt import Said

# All that a prompt needs of a message, and no more: a thousand of them are read before a word is asked.
SAID = """
    SELECT m.id, m.role, m.visibility, m.continues, m.context_end, m.parts, t.trouble, s.state, s.text
    FROM conversations_message m
    LEFT JOIN conversations_turn t ON t.reply_id = m.id
    LEFT JOIN conversations_summary s ON s.message_id = m.id
    WHERE m.conversation_id = %s AND m.depth >= %s
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What was said from the beginning of the context on, with the instructions before it.

    `said` may begin with the message behind which the context does. `counts` are its estimated tokens, of that one
    those of its summary. `nodes` are all of the path.
    """

    system: str
    said: tuple[Said, ...]
    counts: tuple[int, ...]
    nodes: tuple[Node, ...]

    @property
    def tokens(self) -> int:
        """An estimate of the prompt."""
        return tokens.estimated(self.system) + sum(self.counts)

    @property
    def context(self) -> tuple[Node, ...]:
        """The nodes of `said`."""
        return self.nodes[len(self.nodes) - len(self.said) :]

    @property
    def question_count(self) -> int:
        """On the whole path."""
        return sum(node.role == Role.USER for node in self.nodes)


def of_first(conversation: Conversation, question: Message) -> Told:
    """A conversation of nothing but its question; no query."""
    node = Node(question.pk, None, 0, question.visibility, question.role, False, question.token_count)
    said = Said(
        question.role,
        present.prompt_text(question),
        is_left_out=question.visibility != Visibility.SHOWN,
        images=tuple(Image(str(each.code), each.alt) for each in present.pictures_of(question)),
    )
    return Told(conversation.instructions, (said,), (_count(said, node),), (node,))


def to(conversation: Conversation, message_id: int | None) -> Told:
    """The path from the root to a message."""
    nodes = tuple(conversation.tree().path_to(message_id))
    return of(conversation, nodes)


def of(conversation: Conversation, nodes: tuple[Node, ...]) -> Told:
    """The same for a path that is known; one query for what of it is in the context."""
    start = start_of_context(nodes)
    context = nodes[max(start - 1, 0) :]
    wanted = {node.id for node in context}
    with connection.cursor() as cursor:
        cursor.execute(SAID, [conversation.pk, context[0].depth if context else 0])
        by_id = {row[0]: _said(*row[1:]) for row in cursor.fetchall() if row[0] in wanted}
    said = tuple(by_id[node.id] for node in context)
    counts = [_count(each, node) for each, node in zip(said, context, strict=True)]
    if start:
        counts[0] = tokens.estimated(said[0].summary)
    return Told(conversation.instructions, said, tuple(counts), nodes)


def start_of_context(nodes: Sequence[Node]) -> int:
    """The place on the path where the context of its last question begins."""
    ends = [bool(node.context_end) for node in nodes]
    return prompt.start_of_context(ends, [node.role == Role.USER for node in nodes])


def start_of_next(nodes: Sequence[Node]) -> int:
    """The same for a question that would be asked next."""
    return max((i + 1 for i, node in enumerate(nodes) if node.context_end), default=0)


def _said(
    role: str,
    visibility: str,
    continues: bool,
    context_end: str,
    parts: str,
    trouble: str | None,
    summary_state: str | None,
    summary: str | None,
) -> Said:
    is_summarised = context_end == ContextEnd.SUMMARY and summary_state == SummaryState.DONE
    may_be_sent = present.may_be_sent(visibility)
    text, reasoning, images, rounds, made = _texts(parts) if may_be_sent else ("", "", (), (), "")
    is_reply = role == Role.ASSISTANT
    return Said(
        role=role,
        text=text,
        continues=bool(continues),
        is_left_out=not may_be_sent,
        is_barrier=role == Role.ASSISTANT and trouble == HISTORY,
        ends_context=bool(context_end),
        summary=(summary or "") if is_summarised else "",
        reasoning=reasoning,
        images=() if is_reply else images,
        rounds=rounds,
        made=made if is_reply else "",
    )


def _texts(stored: str) -> tuple[str, str, tuple[Image, ...], tuple[Said, ...], str]:
    """The text, the reasoning, the pictures, the rounds before them and the kind of what was made, of parts as they are
    stored, without making those first. Pictures by name only: their bytes are read when the request is made."""
    parts = json.loads(stored)["parts"]
    if len(parts) == 1 and parts[0]["kind"] == "text":
        return parts[0]["text"], "", (), (), ""
    images = (Image(part["raw"]["picture"], part["text"]) for part in parts if part["kind"] == "image")
    rounds, text, reasoning = prompt.rounds_in((part["kind"], part["text"]) for part in parts)
    made = next((part["kind"] for part in parts if part["kind"] in prompt.MADE), "")
    return text, reasoning, tuple(images), rounds, made


def _count(said: Said, node: Node) -> int:
    if said.is_left_out:
        return 0
    text = tokens.estimated(said.text) if node.token_count is None else node.token_count
    return tokens.FRAME + text + tokens.IMAGE * len(said.images)
