"""What is sealed about a flag: the text in question, what led to it, and what was asked of GLM."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from conversations.models import Flag, Message, Part, ReviewCase, Turn, UpstreamCall

from . import exposures
from .concern import Concern

CALL_FACTS = (
    *("code", "kind", "round", "attempt", "upstream", "model_asked", "model_answered", "parameters", "request_id"),
    *("provider_id", "log_id", "http_status", "business_code", "finish", "content_filter", "error"),
    *("started_at", "first_byte_at", "ended_at"),
)
FLAG_FACTS = ("source", "role", "level", "call_code", "on_flag", "detail", "words", "raised_by", "raised_at")
TURN_FACTS = ("code", "state", "model_name", "upstream", "is_simulated", "finish", "trouble", "trouble_code")


def of_case(case: ReviewCase, message: Message) -> dict[str, Any]:
    """Everything that a later reader needs, with the path that the prompt was made of."""
    return {
        "case": case.code,
        "person": case.person_code,
        "conversation": case.conversation_code,
        "message": _message(message),
        "path": [_message(each) for each in _path_to(message)],
        "flags": list(Flag.objects.filter(case=case).order_by("pk").values(*FLAG_FACTS)),
        "turns": [_turn(turn) for turn in _turns(message)],
        "seen": exposures.facts_of(message),
    }


def of_note(message: Message, concerns: Sequence[Concern]) -> dict[str, Any]:
    """A flag that nobody is asked about."""
    return {"message": message.code, "flags": [concern.to_json() for concern in concerns]}


def parts_of(parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [part.to_json() for part in parts]


def _message(message: Message) -> dict[str, Any]:
    return {
        "code": message.code,
        "role": message.role,
        "visibility": message.visibility,
        "continues": message.continues,
        "at": message.created_at,
        "parts": parts_of(message.parts),
    }


def _path_to(message: Message) -> list[Message]:
    """What stands before the message in its conversation, in two queries."""
    before = message.conversation.tree().path_to(message.parent_id)
    found = Message.objects.in_bulk([node.id for node in before])
    return [found[node.id] for node in before if node.id in found]


def _turns(message: Message) -> list[Turn]:
    """The turn that wrote a reply, or those that asked a question."""
    about = {"reply": message} if message.role == "assistant" else {"question": message}
    return list(Turn.objects.filter(**about).order_by("pk"))


def _turn(turn: Turn) -> dict[str, Any]:
    calls = UpstreamCall.objects.filter(turn_code=turn.code).order_by("pk").values(*CALL_FACTS)
    return {**{name: getattr(turn, name) for name in TURN_FACTS}, "calls": list(calls)}
