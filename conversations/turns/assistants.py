"""Assistants, which GLM tells apart from models: it keeps what was said with them, and takes what a person says only.

The reply says where GLM keeps it, so a question goes on there exactly when what GLM has is what stands here: after an
edit, another answer, a withdrawal, a change of instructions or a clearing a new one is begun, and told what was said
before as text.
https://docs.bigmodel.cn/api-reference, "assistant"
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q

from conversations import present, upstream
from conversations.glm import Assistant, ChatMessage, ChatRequest, Reply
from conversations.models import Part, Turn

from . import prompt

KEY = "assistant"  # in the raw fields of a reply's first part
BEFORE = {
    "zh": "以下是之前的对话，供你了解前情：",
    "en": "What was said before, for you to know about:",
}
NOW = {"zh": "现在的问题：", "en": "The question now:"}
SAID_BY = {"zh": {"user": "用户", "assistant": "你"}, "en": {"user": "User", "assistant": "You"}}


def asked(
    turn: Turn, messages: Sequence[ChatMessage], assistant: Assistant, left_out: Sequence[int]
) -> tuple[tuple[ChatMessage, ...], Assistant]:
    """The messages for an assistant, and the assistant with the conversation at GLM that they go on with. `left_out`
    are the keys of messages on the way that may not be sent: GLM may have those that were withdrawn since."""
    system = "\n\n".join(each.content for each in messages if each.role == "system")
    known = "\0".join([system, *map(str, left_out)])
    told = replace(assistant, told=hashlib.sha256(known.encode()).hexdigest()[:16])
    going_on = _where(turn, told)
    if going_on:
        return (messages[-1],), replace(told, conversation=going_on)
    return (ChatMessage("user", as_one(messages)),), told


def _where(turn: Turn, assistant: Assistant) -> str:
    """Where GLM keeps what stands before the question of a turn, and nothing else; empty where it does not."""
    before = turn.question if turn.reply.continues else turn.question.parent
    if before is None or before.context_end or not before.parts or not present.may_be_sent(before.visibility):
        return ""
    raw = before.parts[0].raw.get(KEY, {})
    if {**raw, **_whose(assistant)} != raw:
        return ""
    told_since = Turn.objects.filter(Q(question__parent=before) | Q(question=before)).exclude(pk=turn.pk)
    return "" if told_since.exists() else str(raw.get("conversation", ""))


def _whose(assistant: Assistant) -> dict[str, str]:
    return {"id": assistant.id, "told": assistant.told, "at": upstream.current().name}


def as_one(messages: Sequence[ChatMessage]) -> str:
    """Instructions, what was said before, and the question, in one text of a person."""
    *before, question = [each for each in messages if each.content.strip()]
    system = [each.content for each in before if each.role == "system"]
    said = [each for each in before if each.role in ("user", "assistant")]
    if not said:
        return "\n\n".join([*system, question.content])
    language = prompt.language_of(question.content)
    names, colon = SAID_BY[language], prompt.COLON[language]
    talk = [f"{names[each.role]}{colon}{each.content}" for each in said]
    return "\n\n".join([*system, BEFORE[language], *talk, NOW[language], question.content])


def remembered(parts: tuple[Part, ...], request: ChatRequest, reply: Reply) -> tuple[Part, ...]:
    """The parts of a reply with where GLM keeps what led to it; as they are for a reply of a model."""
    one = request.assistant
    if one is None or not reply.conversation or not parts:
        return parts
    raw = {"conversation": reply.conversation, **_whose(one)}
    return (replace(parts[0], raw={**parts[0].raw, KEY: raw}), *parts[1:])


def facts(request: ChatRequest) -> Mapping[str, Any]:
    """What the record of a call keeps of an assistant."""
    one = request.assistant
    if one is None:
        return {}
    goes_on = {"conversation_id": one.conversation} if one.conversation else {}
    return {"assistant_id": one.id, "model": one.model, **goes_on}
