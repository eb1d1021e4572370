"""What GLM itself may use for a reply, the web or a knowledge base, as its conversation has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations import knowledge, upstream
from conversations.families import Entry
from conversations.hosted import retrieval_wire, search_wire
from conversations.models import Turn


def wire(turn: Turn, entry: Entry) -> dict[str, Any]:
    """The fields of a request to that model; {} where nothing is on. Asks the database about a knowledge base only."""
    chosen = turn.conversation.hosted
    tools: list[dict[str, Any]] = []
    if chosen.knowledge is not None and entry.retrieves:
        base = knowledge.find_usable(turn.person, chosen.knowledge)
        tools = retrieval_wire(base.glm_id, base.template, entry) if base else []
    elif chosen.is_searching:
        tools = search_wire(chosen.search, entry, upstream.current().name)
    return {"tools": tools} if tools else {}


def searches(parameters: Mapping[str, Any]) -> bool:
    """Whether a request with these parameters lets GLM search the web."""
    return any(tool["type"] == "web_search" for tool in parameters.get("tools", ()))


def base_asked(turn: Turn, parameters: Mapping[str, Any]) -> str:
    """The name of the knowledge base that a request with these parameters has GLM look into, "" without one."""
    chosen = turn.conversation.hosted.knowledge
    if chosen is None or not any(tool["type"] == "retrieval" for tool in parameters.get("tools", ())):
        return ""
    base = knowledge.find_usable(turn.person, chosen)
    return base.name if base else ""


def misses_knowledge(turn: Turn) -> bool:
    """Whether the knowledge base that a person chose is not there for them any more. A reply without it would look like
    one that rests on it."""
    chosen = turn.conversation.hosted.knowledge
    if chosen is None or not upstream.entry(turn.model_name).retrieves:
        return False
    return knowledge.find_usable(turn.person, chosen) is None
