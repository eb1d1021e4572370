"""Rounds in which the model calls functions: how the calls go over the wire."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from . import tokens
from .asked import Asked
from .steps import Calls, Deltas, Done, Finish, Step, WireCall
from .wire import Filter, Usage
from .wishes import Wanted

_THOUGHT = (
    "I cannot know this myself, but there is a function for it. I call it.",
    "这个我自己不知道，但有工具可以查。调用它。",
)


def calling(
    asked: Asked, wanted: tuple[Wanted, ...], *, in_pieces: bool | None = None, filters: tuple[Filter, ...] = ()
) -> Iterator[Step]:
    """Reasoning where the model reasons, then the calls: whole unless pieces were asked for. The finish comes twice, as
    observed on glm-4-plus."""
    if asked.wants_reasoning:
        yield Deltas(tokens.pieces(f"\n{_THOUGHT[asked.prompt.is_chinese]}"), "reasoning_content")
    calls = tuple(WireCall(_id(), each.name, each.arguments) for each in wanted)
    yield Calls(calls, is_fragmented=asked.streams_calls if in_pieces is None else in_pieces)
    yield Finish("tool_calls", _usage(asked, wanted), filters)
    yield Done()


def _usage(asked: Asked, wanted: tuple[Wanted, ...]) -> Usage:
    made = sum(tokens.count(each.name + each.arguments) for each in wanted)
    return Usage(tokens.count_prompt(asked.messages), made)


def _id() -> str:
    """Of many forms, also with a minus (observed)."""
    return f"call_{secrets.choice(('', '-'))}{secrets.randbelow(10**19):019d}"
