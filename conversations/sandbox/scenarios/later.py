"""What only the asynchronous interface can do: take long, never end, and fail in the shapes that were met. Asked at
once, these answer as usual."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conversations.sandbox import prompt
from conversations.sandbox.asked import Asked
from conversations.sandbox.catalogue import SANDBOX_PREFIX
from conversations.sandbox.reply import usual
from conversations.sandbox.steps import Step

from .scenario import Scenario

SLOW_SECONDS = 60.0
NEVER = 10 * 365 * 24 * 3600.0
_WORDS = "生成失败（模拟）"


def _as_said(said: float) -> float:
    return said


@dataclass(frozen=True, slots=True)
class Shape:
    """How a task goes: `seconds` of what the prompt or the server says, the state meanwhile, and what stands beside
    `FAIL` at its end, None for a task that ends well."""

    seconds: Callable[[float], float] = _as_said
    working: str = "PROCESSING"
    ends: Mapping[str, Any] | None = None


_SHAPES = {
    "later-slow": Shape(lambda said: max(said, SLOW_SECONDS)),
    "later-never": Shape(lambda said: NEVER),
    "later-odd-state": Shape(working="QUEUEING"),
    "later-fail": Shape(ends={}),
    "later-fail-error": Shape(ends={"error": {"code": "1234", "message": _WORDS}}),
    "later-fail-blocked": Shape(
        ends={
            "error": {"code": "1301", "message": "内容包含敏感信息（模拟）"},
            "contentFilter": [{"level": 1, "role": "assistant"}],
        }
    ),
    "later-fail-message": Shape(ends={"message": _WORDS}),
    "later-fail-words": Shape(ends={"error": _WORDS}),
}
_ABOUT = {
    "later-slow": "In the background: a minute (`wait:` for more). At once: a usual answer, as all of `later-`.",
    "later-never": "In the background: is at work for ever.",
    "later-odd-state": "In the background: says `QUEUEING` while it works, a state that nobody documents.",
    "later-fail": "In the background: `FAIL` and nothing else.",
    "later-fail-error": "In the background: `FAIL` with an `error` of code 1234.",
    "later-fail-blocked": "In the background: `FAIL` with 1301 and `contentFilter`, role `assistant`.",
    "later-fail-message": "In the background: `FAIL` with a `message`.",
    "later-fail-words": "In the background: `FAIL` with an `error` that is words.",
}


def shape_of(asked: Asked) -> Shape:
    """The shape that the model or the prompt names, an ordinary one for all others."""
    is_own = asked.model.startswith(SANDBOX_PREFIX)
    name = asked.model.removeprefix(SANDBOX_PREFIX) if is_own else prompt.named(asked.prompt.text) or ""
    return _SHAPES.get(prompt.normal(name), Shape())


def _steps(asked: Asked) -> Iterator[Step]:
    yield from usual(asked)


SCENARIOS = tuple(Scenario(name, about, _steps) for name, about in _ABOUT.items())
