"""Judgements about a turn, each of which is about one of its two messages."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.models import Message, Part, Role, Turn

from .cases import open_case
from .concern import Concern

MADE = ("image", "video")


def open_cases(turn: Turn, concerns: Sequence[Concern], parts: Sequence[Part]) -> None:
    """Each judgement meets the message it is about; `parts` are what there is of the reply.

    GLM names the side: the prompt, the reply, or earlier messages. Without a name it meant the reply if there is one,
    else the prompt. Text that was already shown when the prompt was refused is withdrawn as well.
    """
    has_content = any(part.text or part.kind in MADE for part in parts)
    about_question = [c for c in concerns if c.role == "user" or (not c.role and not has_content)]
    about_reply = [c for c in concerns if c not in about_question]
    question = turn.question if turn.question.role == Role.USER else None
    if about_question and question is not None:
        question.conversation = turn.conversation
        open_case(question, about_question)
    if about_reply or has_content or question is None:
        open_case(turn.reply, about_reply or concerns, withdraw=has_content)


def open_pending_cases(turn: Turn) -> None:
    """For what was flagged of a reply that waits for its person and will not go on: with all that is written of it."""
    if not turn.concerns:
        return
    reply = turn.reply
    reply.conversation, reply.parts = turn.conversation, turn.open_parts
    Message.objects.filter(pk=reply.pk).update(parts=reply.parts)
    open_cases(turn, [Concern.from_json(each) for each in turn.concerns], reply.parts)
