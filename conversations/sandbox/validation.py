"""A request body into an `Asked`, refused as GLM refuses it.

Bounds are those of the chat completion page of docs.bigmodel.cn. A field given as null counts as not
given: the official SDKs send nulls for what was left unset.
"""

import json
from collections.abc import Mapping
from typing import Any

from .asked import Asked
from .catalogue import always_reasons, can_be_quiet, reasons_by_default
from .messages import read_messages
from .prompt import Prompt
from .refusals import Refused

_ROOM = {"temperature": (0.0, 1.0), "top_p": (0.0, 1.0), "max_tokens": (1, 131_072)}
_LENGTHS = {"request_id": (6, 64), "user_id": (6, 128)}
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


def read_request(body: bytes) -> Asked:
    """The request in a body; raises Refused with 1210, 1213 or 1214."""
    fields = _fields(body)
    for name in ("model", "messages"):
        if name not in fields:
            raise Refused("1213", name)
    model = _text(fields, "model")
    for name in fields.keys() & _ROOM.keys():
        _check_number(name, fields[name])
    for name in fields.keys() & _LENGTHS.keys():
        _check_length(fields, name)
    messages = read_messages(fields["messages"], model)
    last = next((item.text for item in reversed(messages) if item.role == "user"), "")
    return Asked(
        model=model,
        messages=messages,
        prompt=Prompt(last),
        is_streamed=_flag(fields, "stream"),
        wants_reasoning=_wants_reasoning(fields, model),
        max_tokens=fields.get("max_tokens"),
        stop=_stop(fields.get("stop", [])),
        request_id=fields.get("request_id"),
    )


def _fields(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused("1210", "the body is not JSON") from error
    if not isinstance(found, dict):
        raise Refused("1210", "the body is not an object")
    return {name: value for name, value in found.items() if value is not None}


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str) or not value:
        raise Refused("1214", name)
    return value


def _flag(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise Refused("1214", name)
    return value


def _check_number(name: str, value: Any) -> None:
    low, high = _ROOM[name]
    kinds = int if isinstance(low, int) else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        raise Refused("1214", f"{name} must be within [{low}, {high}]")


def _check_length(fields: Mapping[str, Any], name: str) -> None:
    low, high = _LENGTHS[name]
    if not low <= len(_text(fields, name)) <= high:
        raise Refused("1214", f"{name} must have {low} to {high} characters")


def _stop(value: Any) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or len(words) > 4 or not all(isinstance(word, str) for word in words):
        raise Refused("1214", "stop")
    return tuple(word for word in words if word)


def _wants_reasoning(fields: Mapping[str, Any], model: str) -> bool:
    """The `thinking` parameter, then the effort, then what the model does by itself."""
    thinking = fields.get("thinking", {})
    kind = thinking.get("type", "default") if isinstance(thinking, dict) else None
    effort = fields.get("reasoning_effort", "max")
    if kind not in ("enabled", "disabled", "default"):
        raise Refused("1214", "thinking")
    if effort not in _EFFORTS:
        raise Refused("1214", "reasoning_effort")
    is_off = kind == "disabled" or effort in ("none", "minimal")
    if is_off and not can_be_quiet(model):
        raise Refused("1210", f"{model} always reasons")
    return always_reasons(model) or (not is_off and (kind == "enabled" or reasons_by_default(model)))
