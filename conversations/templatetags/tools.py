"""Calls of tools in words: what was called, with what, and how it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import shipped_tools, upstream
from conversations.models import Conversation, TurnState
from conversations.tool_entries import Call, CallState
from conversations.tools import SHIPPED, chosen

from .messages import duration

register = template.Library()

LABELS: dict[str, str | Promise] = {
    **{tool["name"]: gettext_lazy(tool["label"]) for tool in shipped_tools.TOOLS},
    **{tool.name: tool.label for tool in SHIPPED},
}
# What an assistant of GLM uses by itself, and what its input is.
HOSTED: dict[str, str | Promise] = {
    "web_browser": gettext_lazy("Web browser"),
    "code_interpreter": gettext_lazy("Program"),
    "drawing_tool": gettext_lazy("Drawing"),
    "retrieval": gettext_lazy("Documents"),
}
INPUTS: dict[str, str | Promise] = {
    "query": gettext_lazy("Looked for"),
    "code": gettext_lazy("Program"),
    "prompt": gettext_lazy("Picture wanted"),
}


@dataclass(frozen=True, slots=True)
class Stand:
    """How a call stands: a word, a mark that repeats it, and whether its person is asked here and now."""

    words: str
    mark: str
    kind: str = ""
    is_asked: bool = False


WORDS: dict[CallState, tuple[str | Promise, str, str]] = {
    CallState.RUNNING: (gettext_lazy("Running"), "is-working", "working"),
    CallState.AWAITING: (gettext_lazy("Needs your approval"), "alert", "wait"),
    CallState.APPROVED: (gettext_lazy("Allowed"), "check", ""),
    CallState.DENIED: (gettext_lazy("You refused"), "is-ended", ""),
    CallState.EXPIRED: (gettext_lazy("Not allowed in time"), "is-ended", ""),
    CallState.FAILED: (gettext_lazy("Failed"), "is-failed", "failed"),
    CallState.CANCELLED: (gettext_lazy("Not finished"), "is-ended", ""),
}


@register.simple_tag
def tool_count(conversation: Conversation) -> int:
    """How many are on."""
    return len(chosen(conversation.owner, conversation).functions or ())


@register.filter
def calls_functions(model_name: str) -> bool:
    return upstream.entry(model_name).calls_functions


@register.simple_tag
def tool_state(call: Call, message: Any) -> Stand:
    """`message` is what the call belongs to: once that is written nothing in it runs or asks any more."""
    state, turn = call.state, getattr(message, "turn", None)
    if call.result is None and not _is_open(message) and state not in (CallState.DENIED, CallState.EXPIRED):
        state = CallState.CANCELLED
    if state is CallState.SUCCEEDED:
        took = call.seconds or 0.0
        words = _("Done") if took < 1 else _("Done in %(time)s") % {"time": duration(took)}
        return Stand(words, "is-done", "done")
    told, mark, kind = WORDS[state]
    is_asked = state is CallState.AWAITING and turn is not None and turn.state == TurnState.WAITING
    return Stand(str(told), mark, kind, is_asked)


@register.filter
def tool_name(call: Call) -> str:
    """What people call it: the organisation's words for its tools, the program's for those that come with it."""
    known = HOSTED if call.is_hosted else LABELS
    return str(call.label or known.get(call.name) or call.name)


@register.filter
def tool_code(call: Call) -> str:
    """Its name on the wire, where that says more than what people call it."""
    return "" if call.name.lower() == tool_name(call).lower() else call.name


@register.filter
def tool_arguments(call: Call) -> list[tuple[str, str]]:
    """Name and value of each; nothing where there are none or nobody could read them."""
    if not call.is_fit:
        return []
    words = INPUTS if call.is_hosted else {}
    try:
        found = json.loads(call.arguments or "{}")
        pairs = found.items() if isinstance(found, dict) else ()
        return [(str(words.get(name, name)), _written(value)) for name, value in pairs]
    except (ValueError, RecursionError):  # a page is drawn deeper in the stack than a call was checked
        return []


@register.filter
def tool_result(call: Call) -> str:
    """What came of it: a sentence of the program in the reader's language, anything else as it was told."""
    if not call.said:
        return call.result or ""
    try:
        return _(call.said) % call.values
    except (KeyError, TypeError, ValueError):  # of another version of the program
        return call.result or ""


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_open(message: Any) -> bool:
    told = message.get("is_open") if isinstance(message, Mapping) else getattr(message, "is_open", False)
    return bool(told)
