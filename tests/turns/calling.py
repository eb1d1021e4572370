"""Turns whose model calls tools: what GLM sends, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from conversations.glm import Finish, Finished, ToolCallDelta
from conversations.models import Approval, Conversation, ToolCall, Turn, User
from conversations.tool_entries import Call, calls_in
from conversations.tools import Arguments, Result, Tool, Use, calculator, registry
from tests import people
from tests.fake_glm import Step

SUM = '{"expression": "6 * 7"}'


def called(name: str, arguments: str = "{}", index: int = 0, call_id: str | None = None) -> Step:
    told = f"call_{index}" if call_id is None else call_id
    return ToolCallDelta(index, told, name, arguments, "function")


def calling(*steps: Step) -> list[Step]:
    """A round that ends in calls, said twice as GLM does."""
    end = Finished(Finish.TOOL_CALLS, "tool_calls")
    return [*steps, [end], [end]]


def tool(name: str, run: Callable[[Arguments, Use], Any], approval: Approval = Approval.NEVER, **facts: Any) -> Tool:
    anything = {"type": "object", "properties": {"x": {}}}
    return replace(calculator.TOOL, name=name, parameters=anything, run=run, approval=approval, label=name, **facts)


def saying(text: str) -> Callable[[Arguments, Use], Any]:
    async def run(arguments: Arguments, use: Use) -> Result:
        return Result(text)

    return run


def provide(monkeypatch: pytest.MonkeyPatch, *found: Tool) -> None:
    """Tools that everybody has beside those of the site."""
    monkeypatch.setattr(registry, "PROVIDERS", (lambda person: found,))


def asked_with(somebody: User, *names: str, text: str = "Hello?", **approval: str) -> Turn:
    """A queued turn of a conversation in which these functions are on."""
    turn = people.answered(somebody, "Before", "Yes.")
    chosen = {"v": 1, "functions": list(names), **({"approval": approval} if approval else {})}
    Conversation.objects.filter(pk=turn.conversation_id).update(tools=chosen)
    return people.asked(somebody, text, people.fresh(turn).conversation)


def shown(parts: Sequence[Any]) -> tuple[Call, ...]:
    return calls_in(part.text for part in parts if part.kind == "tool")


def rows(turn: Turn) -> list[tuple[str, str, str]]:
    return list(ToolCall.objects.filter(turn=turn).order_by("round", "index").values_list("name", "state", "trouble"))


class Gated:
    """A tool that waits until the test says otherwise."""

    def __init__(self) -> None:
        self.gate, self.begun, self.was_cancelled = asyncio.Event(), asyncio.Event(), False

    async def run(self, arguments: Arguments, use: Use) -> Result:
        self.begun.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        return Result("at last")
