"""Replies with calls of tools in them, and one that waits for its person."""

from __future__ import annotations

import uuid
from typing import Any

from conversations.models import Approval, Conversation, Part, Turn, User
from conversations.tool_entries import CallState, Entry, What
from conversations.turns import tool_calls
from conversations.turns.outcome import CallEnd
from conversations.turns.tool_calls import Planned
from tests import people

SUM = '{"expression": "6 * 7"}'


def tool_part(*entries: Entry) -> Part:
    return Part("tool", "".join(entry.written() for entry in entries))


def call(
    index: int = 0, name: str = "calculator", arguments: str = SUM, code: uuid.UUID | None = None, **facts: Any
) -> Entry:
    told = {"id": f"call_{index}", "name": name, "code": str(code or uuid.uuid4()), "label": "", "is_fit": True}
    return Entry(What.CALL, 1, index, arguments, {**told, **facts})


def result(
    text: str, index: int = 0, state: CallState = CallState.SUCCEEDED, seconds: float = 2.0, **facts: Any
) -> Entry:
    return Entry(What.RESULT, 1, index, text, {"state": state.value, "seconds": seconds, **facts})


def finished(somebody: User, text: str = "6 * 7 = 42", conversation: Conversation | None = None) -> Turn:
    """A reply that called the calculator and was told `text`."""
    parts = (tool_part(call(), result(text)), Part("text", "It is 42."))
    return people.ended(people.running(somebody, "Six by seven?", conversation), parts)


def waiting(
    somebody: User, arguments: str = SUM, text: str = "Shall I?", conversation: Conversation | None = None
) -> Turn:
    """A turn that waits for somebody to let the calculator run."""
    turn = people.running(somebody, "And now?", conversation)
    planned = Planned(1, 0, "call_0", "calculator", Approval.ALWAYS)
    (row,) = tool_calls.begin(turn.pk, None, CallEnd(), [planned])
    tools = tool_part(call(arguments=arguments, code=row.code), Entry(What.ASKED, 1, 0))
    assert tool_calls.wait(turn.pk, people.RUNNER, (Part("text", text), tools), 3, (), None)
    return people.fresh(turn)
