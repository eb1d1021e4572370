"""The functions of a request, checked as GLM checks them, and what those gave that were called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .refusals import Refused

MOST_FUNCTIONS = 128
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Function:
    """One that may be called."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What a call that was made for the last question gave."""

    name: str
    text: str


def read_functions(tools: list[Mapping[str, Any]]) -> tuple[Function, ...]:
    """The functions among the tools of a request; refused with 1214 when they do not fit."""
    found = [tool.get("function") for tool in tools if tool.get("type") == "function"]
    if len(found) > MOST_FUNCTIONS:
        raise Refused("1214", f"tools: at most {MOST_FUNCTIONS} functions")
    return tuple(_function(each) for each in found)


def read_results(messages: list[Mapping[str, Any]]) -> tuple[Told, ...]:
    """What was called since the last message of a user, with what it gave."""
    names: dict[Any, str] = {}
    told: list[Told] = []
    for each in messages:
        if each.get("role") == "user":
            told = []
        for call in each.get("tool_calls") or []:
            function = call.get("function")
            names[call.get("id")] = str(function.get("name", "")) if isinstance(function, dict) else ""
        if each.get("role") == "tool":
            told.append(Told(names.get(each.get("tool_call_id"), ""), str(each.get("content", ""))))
    return tuple(told)


def _function(told: Any) -> Function:
    if not isinstance(told, dict) or not isinstance(told.get("name"), str) or not _NAME.fullmatch(told["name"]):
        raise Refused("1214", "tools.function.name")
    if not isinstance(told.get("description"), str) or not told["description"]:
        raise Refused("1214", "tools.function.description")
    parameters = told.get("parameters")
    if parameters is not None and (not isinstance(parameters, dict) or parameters.get("type") != "object"):
        raise Refused("1214", "tools.function.parameters")
    return Function(told["name"], parameters or {})
