"""What a route is."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conversations.sandbox.asgi import Call
from conversations.sandbox.state import State

BASE = "/api/paas/v4"


@dataclass(frozen=True, slots=True)
class Route:
    """`path` must match a whole path, `part` is its group of that name; only our own paths need no key."""

    method: str
    path: re.Pattern[str]
    answer: Callable[[Call, State, str], Awaitable[None]]
    needs_key: bool = True


def at(path: str) -> re.Pattern[str]:
    """The pattern of one fixed path, or of a path with `<part>` in it."""
    return re.compile(re.escape(path).replace("<part>", r"(?P<part>[A-Za-z0-9._-]+)"))


def find(routes: tuple[Route, ...], method: str, path: str) -> tuple[Route, str] | None:
    """The route for a request, with the part of the path that it asks about."""
    for route in routes:
        found = route.path.fullmatch(path) if route.method == method else None
        if found:
            return route, found.groupdict().get("part", "")
    return None
