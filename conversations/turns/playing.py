"""The role of a model that is told it by `meta` and takes no system message; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.characters import Cast, nobody
from conversations.families import Entry, Meta
from conversations.glm import ChatMessage
from conversations.models import Conversation


@dataclass(frozen=True, slots=True)
class Role:
    """`system` is what a system message would hold besides the role."""

    cast: Cast | None
    system: str

    def played(self, messages: tuple[ChatMessage, ...]) -> tuple[tuple[ChatMessage, ...], dict[str, Any]]:
        """The messages without that of the system, and the parameter that stands in its place: what it said of earlier
        turns stays told."""
        talk = tuple(each for each in messages if each.role != "system")
        told = "\n\n".join(each.content for each in messages if each.role == "system")
        question = next((each.content for each in reversed(talk) if each.role == "user"), "")
        return talk, {"meta": self.cast.meta(told) if self.cast else nobody(told, question)}


def role_for(conversation: Conversation, entry: Entry) -> Role | None:
    """None for a model that reads its role, if it has one, in the system message."""
    return Role(conversation.cast, conversation.system_prompt) if entry.meta is Meta.REQUIRED else None


def without_texts(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Of the parameters of a request what its record keeps: that there was a role, and none of its words."""
    return {name: sorted(value) if name == "meta" else value for name, value in parameters.items()}
