"""A request body into an `Asked`, refused as GLM refuses it.

Bounds are those of the chat completion page of docs.bigmodel.cn. A field given as null counts as not
given: the official SDKs send nulls for what was left unset.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from conversations.families import Meta

from .asked import Asked
from .catalogue import always_reasons, can_be_quiet, entry, reasons_by_default
from .functions import read_functions, read_results
from .hosted import read_hosted
from .messages import read_messages
from .prompt import Prompt
from .refusals import Refused

_ROOM = {"temperature": (0.0, 1.0), "top_p": (0.0, 1.0), "max_tokens": (1, 131_072)}
_LENGTHS = {"request_id": (6, 64), "user_id": (6, 128)}
# The stop word last: a reply that tells it ends there.
_TOLD = ("do_sample", "temperature", "top_p", "max_tokens", "response_format", "thinking", "reasoning_effort", "stop")
META = ("user_info", "bot_info", "bot_name", "user_name")
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")


def read_request(body: bytes) -> Asked:
    """The request in a body; raises Refused with 1210, 1213 or 1214."""
    fields = fields_of(body)
    for name in ("model", "messages"):
        if name not in fields:
            raise Refused("1213", name)
    model = _text(fields, "model")
    for name in fields.keys() & _ROOM.keys():
        _check_number(name, fields[name])
    for name in fields.keys() & _LENGTHS.keys():
        _check_length(fields, name)
    _check_model(fields, model)
    messages = read_messages(fields["messages"], model)
    meta = _meta(fields, model, {message.role for message in messages})
    last = next((item.text for item in reversed(messages) if item.role == "user"), "")
    tools = fields.get("tools", [])
    search, retrieval = read_hosted(tools)
    return Asked(
        model=model,
        messages=messages,
        prompt=Prompt(last),
        is_streamed=_flag(fields, "stream"),
        wants_reasoning=_wants_reasoning(fields, model),
        max_tokens=fields.get("max_tokens"),
        stop=_stop(fields.get("stop", [])),
        request_id=fields.get("request_id"),
        parameters=tuple(f"{name}={json.dumps(fields[name], ensure_ascii=False)}" for name in _TOLD if name in fields),
        search=search,
        retrieval=retrieval,
        functions=read_functions(tools),
        results=read_results(fields["messages"]),
        streams_calls=_flag(fields, "tool_stream"),
        meta=meta,
    )


def fields_of(body: bytes) -> Mapping[str, Any]:
    """The fields of a body that were given. Raises Refused."""
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


def _check_model(fields: Mapping[str, Any], model: str) -> None:
    """What one model takes and another does not."""
    known, tokens = entry(model), fields.get("max_tokens")
    if tokens is not None and known.output_tokens and tokens > known.output_tokens:
        raise Refused("1214", f"max_tokens must be within [1, {known.output_tokens}]")
    form = fields.get("response_format", {"type": "text"})
    kind = form.get("type") if isinstance(form, dict) else None
    if kind not in ("text", "json_object") or (kind == "json_object" and not known.writes_json):
        raise Refused("1214", "response_format.type")
    if not isinstance(fields.get("do_sample", True), bool):
        raise Refused("1214", "do_sample")


def _meta(fields: Mapping[str, Any], model: str, roles: Collection[str]) -> Mapping[str, str] | None:
    """The four texts of a role. Models that are told their role so need all of them, and take no system message."""
    known = entry(model).meta
    if known is Meta.REQUIRED and "meta" not in fields:
        raise Refused("1213", "meta")
    if known is Meta.REQUIRED and "system" in roles:
        raise Refused("1214", "messages.role: system")
    if known is Meta.NONE or "meta" not in fields:
        return None
    meta = fields["meta"]
    for name in META:
        if not isinstance(meta, dict) or not isinstance(meta.get(name), str) or not meta[name].strip():
            raise Refused("1214", f"meta.{name}")
    return {name: meta[name] for name in META}


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
    if always_reasons(model) and not can_be_quiet(model) and effort not in entry(model).efforts:
        raise Refused("1214", "reasoning_effort")
    return always_reasons(model) or (not is_off and (kind == "enabled" or reasons_by_default(model)))
