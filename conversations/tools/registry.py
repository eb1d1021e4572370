"""The function tools there are: those of the site, one file each, and those that providers find for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from conversations import upstream
from conversations.models import User

from . import calculator, calendar, clock, http, look_up, read_page, units, web_search
from .kind import Tool

MOST_TOOLS = 128
"""Functions in one request. https://docs.bigmodel.cn/api-reference"""

AT_GLM: tuple[Tool, ...] = (web_search.TOOL, read_page.TOOL, look_up.TOOL)
"""What GLM's own servers do for a tool; other servers have no such paths."""

SHIPPED: tuple[Tool, ...] = (clock.TOOL, calendar.TOOL, calculator.TOOL, units.TOOL, *AT_GLM)

Provider: TypeAlias = Callable[[User], Iterable[Tool]]

PROVIDERS: tuple[Provider, ...] = (http.provided,)
"""Asked for the tools that a person may use, in the caller's thread and transaction. A name that is taken already is
left out."""


def available(person: User) -> tuple[Tool, ...]:
    """All tools that there are for a person, each name once, at most `MOST_TOOLS`."""
    is_glm = upstream.is_glm()
    found = {tool.name: tool for tool in SHIPPED if is_glm or tool not in AT_GLM}
    for provider in PROVIDERS:
        for tool in provider(person):
            found.setdefault(tool.name, tool)
    return tuple(found.values())[:MOST_TOOLS]


def find(person: User, name: str) -> Tool | None:
    return next((tool for tool in available(person) if tool.name == name), None)


def named(tools: Iterable[Tool], names: Sequence[str]) -> tuple[Tool, ...]:
    """Those of the names, in the order of `tools`."""
    return tuple(tool for tool in tools if tool.name in names)
