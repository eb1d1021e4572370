"""Values that go in: one request to GLM, and its JSON. https://docs.bigmodel.cn/api-reference"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .quirks import scrub

PARAMETERS = frozenset(
    {
        "do_sample",
        "extra",
        "max_tokens",
        "meta",
        "reasoning_effort",
        "response_format",
        "sensitive_word_check",
        "stop",
        "temperature",
        "thinking",
        "tool_choice",
        "tool_stream",
        "tools",
        "top_p",
    }
)
"""What the documentation lists. Others are ignored by some hosts and refused by others."""

_LOWEST, _HIGHEST = 0.01, 0.99
_MAX_TOKENS = 131072


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of the prompt. `role` is system, user, assistant or tool."""

    role: str
    content: str
    reasoning_content: str | None = None
    """Sent back only where GLM needs it: between a tool call and its result, and for preserved thinking."""

    def to_wire(self) -> dict[str, Any]:
        wire = {"role": self.role, "content": scrub(self.content)}
        if self.reasoning_content is not None:
            wire["reasoning_content"] = scrub(self.reasoning_content)
        return wire


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One attempt to get a reply.

    `request_id`: 6–64 characters, a new one per attempt, GLM refuses a repetition (1231). `user_id`: 6–128
    characters, a stable pseudonym. `parameters`: those of `PARAMETERS` that somebody changed; None counts as
    unchanged. Raises ValueError for what no server could accept.
    """

    model: str
    messages: tuple[ChatMessage, ...]
    request_id: str
    user_id: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.model or not self.messages:
            raise ValueError("a request needs a model and at least one message")
        if not 6 <= len(self.request_id) <= 64:
            raise ValueError("a request_id has 6 to 64 characters")
        if not 6 <= len(self.user_id) <= 128:
            raise ValueError("a user_id has 6 to 128 characters")
        if unknown := self.parameters.keys() - PARAMETERS:
            raise ValueError(f"GLM has no parameter {', '.join(sorted(unknown))}")

    def body(self, stream: bool = True) -> dict[str, Any]:
        """The JSON object of the request."""
        return {
            "model": self.model,
            "messages": [message.to_wire() for message in self.messages],
            "stream": stream,
            "request_id": self.request_id,
            "user_id": self.user_id,
            **_wire(self.parameters),
        }

    def encoded(self, stream: bool = True) -> bytes:
        """`body` as UTF-8, unescaped as GLM itself writes it."""
        text = json.dumps(self.body(stream), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return scrub(text).encode()


def _wire(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters inside the bounds that hold on every host."""
    wire = {name: value for name, value in parameters.items() if value is not None}
    if "temperature" in wire:
        if wire["temperature"] <= 0:
            wire["do_sample"] = False
        wire["temperature"] = _open_interval(wire["temperature"])
    if "top_p" in wire:
        wire["top_p"] = _open_interval(wire["top_p"])
    if "max_tokens" in wire:
        wire["max_tokens"] = max(1, min(int(wire["max_tokens"]), _MAX_TOKENS))
    if "stop" in wire and (stop := _one_stop(wire.pop("stop"))):
        wire["stop"] = stop
    return wire


def _open_interval(value: float) -> float:
    """The documentation says [0, 1], the hosts differ on both ends; the official SDK clamps like this."""
    if not math.isfinite(value):
        raise ValueError("temperature and top_p are finite numbers")
    return min(max(round(float(value), 2), _LOWEST), _HIGHEST)


def _one_stop(value: str | list[str] | tuple[str, ...]) -> list[str]:
    """A list of one, which every version of the documentation allows; empty when there is none."""
    words = [value] if isinstance(value, str) else value
    return [word for word in words if word][:1]
