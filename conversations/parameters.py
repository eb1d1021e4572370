"""What a person may change about how a model answers: kept with conversations and presets, sent when changed.

    changed = Parameters.read(conversation.parameters)      # what was stored; whatever is not understood is left out
    changed.wire(upstream.entry(model_name))                # the fields of a request, for that model
    offered(entry), bounds(entry)["max_tokens"].high        # for a form

Only what somebody changed is sent, and of that only what the model knows; it is kept all the same, for the next model.
https://docs.bigmodel.cn/api-reference, https://docs.z.ai/guides/capabilities/thinking-mode
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from .families import Entry, Kind, Thinking, Way

STORED_VERSION = 1
MOST_TOKENS = 131_072
"""Of any model; where nobody knows the model's own."""
STOP_LENGTH = 100
FORMATS = ("text", "json_object")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Both ends are possible; `default` is what the model takes by itself, None where nobody knows."""

    low: float
    high: float
    default: float | None = None


@dataclass(frozen=True, slots=True)
class Parameters:
    """None is unchanged. `do_sample` false takes the likeliest word each time, whatever `temperature` and `top_p` say.
    `stop` ends the reply where it would write it. `response_format` is one of `FORMATS`, `reasoning_effort` one of the
    model's. `clear_thinking` false sends the reasoning of earlier turns back to the model. `stream` false asks for the
    reply in one piece."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    stop: str | None = None
    do_sample: bool | None = None
    response_format: str | None = None
    thinking: bool | None = None
    reasoning_effort: str | None = None
    clear_thinking: bool | None = None
    stream: bool | None = None

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Parameters:
        """From what `stored` gave, of this or any other time; never fails."""
        return cls(**{name: value for name, value in stored.items() if name in NAMES and _fits(name, value)})

    @property
    def stored(self) -> dict[str, Any]:
        """For a JSON column: {} when nothing is changed."""
        changed = self.changed
        return {"v": STORED_VERSION, **changed} if changed else {}

    @property
    def changed(self) -> dict[str, Any]:
        return {name: value for name in NAMES if (value := getattr(self, name)) is not None}

    def over(self, base: Parameters) -> Parameters:
        """These, and where nothing is changed those of `base`: a conversation's over its preset's."""
        return replace(base, **self.changed)

    def without(self, *names: str) -> Parameters:
        return replace(self, **dict.fromkeys(names))

    def for_model(self, entry: Entry) -> Parameters:
        """Of these, what the model knows."""
        changed = self.changed
        if not changed:
            return self
        known = offered(entry)
        return self.without(*(name for name in changed if name not in known))

    def wire(self, entry: Entry) -> dict[str, Any]:
        """The fields of a request to that model, inside its bounds. A temperature of 0 is asked for by `do_sample`: GLM
        wants an open interval."""
        known = self.for_model(entry)
        wire = {name: value for name, value in known.changed.items() if name in _SAMPLING}
        if known.do_sample is False or known.temperature == 0:
            wire = {"do_sample": False} if "do_sample" in offered(entry) else {"temperature": known.temperature or 0.0}
        if known.max_tokens is not None:
            wire["max_tokens"] = int(min(known.max_tokens, bounds(entry)["max_tokens"].high))
        if known.stop:
            wire["stop"] = [known.stop]
        if known.response_format == "json_object":
            wire["response_format"] = {"type": "json_object"}
        return wire | known._thinking_wire(entry)

    def _thinking_wire(self, entry: Entry) -> dict[str, Any]:
        if self.thinking is False:
            return {"thinking": {"type": "disabled"}}
        wire: dict[str, Any] = {}
        if self.thinking or self.clear_thinking is not None:
            wire["thinking"] = {"type": "enabled"}
        if self.clear_thinking is not None:
            wire["thinking"]["clear_thinking"] = self.clear_thinking
        if self.reasoning_effort in entry.efforts:
            wire["reasoning_effort"] = self.reasoning_effort
        return wire

    def asks_for_whole(self, entry: Entry) -> bool:
        """Whether the reply comes in one piece: because the model does not stream, or because its person wants that."""
        return Way.STREAM not in entry.ways or self.for_model(entry).stream is False

    def sends_reasoning_back(self, entry: Entry) -> bool:
        """Whether the prompt must bring all reasoning of earlier turns, unchanged and in order."""
        known = self.for_model(entry)
        return known.clear_thinking is False and known.thinking is not False


NAMES = tuple(each.name for each in fields(Parameters))
_SAMPLING = ("temperature", "top_p", "do_sample")
_ANYWHERE = ("temperature", "top_p", "max_tokens", "stop")


def offered(entry: Entry) -> tuple[str, ...]:
    """The names of the parameters that a model knows. One that nobody described knows those of every server, an
    assistant none."""
    if entry.kind is Kind.ASSISTANT:
        return ()
    is_glm = {"do_sample": entry.is_known, "response_format": entry.writes_json}
    thinks = {
        "thinking": entry.thinking is Thinking.OPTIONAL,
        "reasoning_effort": bool(entry.efforts),
        "clear_thinking": entry.thinks and entry.keeps_reasoning,
    }
    has_choice = {"stream": {Way.STREAM, Way.WHOLE} <= set(entry.ways)}
    known = {**dict.fromkeys(_ANYWHERE, True), **is_glm, **thinks, **has_choice}
    return tuple(name for name in NAMES if known[name])


def bounds(entry: Entry) -> dict[str, Bounds]:
    """Of the numbers. https://docs.bigmodel.cn says [0, 1]; what a host takes of both ends, `ChatRequest` knows."""
    return {
        "temperature": Bounds(0, 1, entry.default_temperature),
        "top_p": Bounds(0.01, 1, entry.default_top_p),
        "max_tokens": Bounds(1, entry.output_tokens or MOST_TOKENS, entry.default_max_tokens),
    }


def _fits(name: str, value: Any) -> bool:
    match name:
        case "temperature" | "top_p":
            return _is_number(value) and (0 if name == "temperature" else 0.01) <= value <= 1
        case "max_tokens":
            return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_TOKENS
        case "stop":
            return isinstance(value, str) and 0 < len(value) <= STOP_LENGTH
        case "response_format":
            return value in FORMATS
        case "reasoning_effort":
            return isinstance(value, str) and 0 < len(value) <= STOP_LENGTH
        case _:
            return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
