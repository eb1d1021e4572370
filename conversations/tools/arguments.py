"""The arguments of a call as models write them → an object that fits the schema, or why not; pure.

Met in the wild (issues of GLM-5, vllm and sglang): nothing for {}, the same object twice, an object and half of it
again, the marks of the chat template (`<arg_key>`, `<arg_value>`) instead of JSON or inside its strings, text that is
no JSON at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from conversations.spoken import Spoken

from . import schema
from .kind import NAME

LONGEST = 100_000
_PAIR = re.compile(r"<arg_key>(.*?)</arg_key>\s*(?:<arg_value>(.*?)(?:</arg_value>|(?=<arg_key>)|\Z))?", re.DOTALL)
_MARK = re.compile(r"</?arg_(?:key|value)>|</?tool_call>")
_MARKED = ("<arg_key>", "</arg_value>")


def _no_json(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(strict=False, parse_constant=_no_json)  # Python itself would take NaN and Infinity
_decode = _decoder.raw_decode


class Unfit(Spoken, ValueError):
    """Arguments that a tool cannot be called with; its sentence tells the model why, so that it can mend them."""


def read(text: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The object in `text`, if it fits the schema `parameters`. Raises Unfit."""
    if len(text) > LONGEST:
        raise Unfit(_("The arguments have more than %(most)s characters."), most=LONGEST)
    found = _object(text.strip(), parameters)
    if faults := schema.faults(parameters, found):
        raise Unfit(_("The arguments do not fit the function's parameters: %(faults)s"), faults="; ".join(faults))
    return found


def name_of(told: str) -> str:
    """The name without what leaked into it: marks of the chat template, and blanks."""
    name = _MARK.split(told, maxsplit=1)[0].strip()
    return name if NAME.fullmatch(name) else ""


def leaked_into(name: str) -> str:
    """The arguments that stand in the name instead of in their own place."""
    return name[name.find("<arg_key>") :] if "<arg_key>" in name else ""


def _object(text: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    if not text:
        return {}
    try:
        value, end = _decode(text)
    except (ValueError, RecursionError) as error:
        if pairs := _marked(text, parameters):
            return pairs
        raise Unfit(_("The arguments are not valid JSON (%(why)s); send one JSON object."), why=_why(error)) from None
    if not isinstance(value, dict):
        raise Unfit(_("The arguments must be one JSON object."))
    if not _repeats(text[:end], value, text[end:]):
        raise Unfit(_("There is more than one JSON object in the arguments; send exactly one."))
    return _without_marks(value, parameters)


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return f"{error.msg}, character {error.pos}" if isinstance(error, json.JSONDecodeError) else str(error)


def _repeats(first: str, value: dict[str, Any], rest: str) -> bool:
    """Whether nothing follows but marks, the same object again, or a beginning of it that was cut off."""
    rest = _MARK.sub("", rest).strip()
    while rest:
        if first.startswith(rest):
            return True
        try:
            again, end = _decode(rest)
        except (ValueError, RecursionError):
            return False
        if again != value:
            return False
        rest = rest[end:].strip()
    return True


def _marked(text: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    pairs = {key.strip(): value for key, value in _PAIR.findall(text)}
    return {key: _valued(value, _kind(parameters, key)) for key, value in pairs.items() if key}


def _without_marks(value: dict[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A string that holds marks ends before them, and what they name stands beside it, unless it was given itself."""
    found: dict[str, Any] = {}
    leaked: dict[str, Any] = {}
    for key, each in value.items():
        if isinstance(each, str) and any(mark in each for mark in _MARKED):
            leaked |= _marked(each, parameters)
            each = _valued(_MARK.split(each, maxsplit=1)[0], _kind(parameters, key))
        found[key] = each
    return leaked | found


def _kind(parameters: Mapping[str, Any], name: str) -> Any:
    properties = parameters.get("properties")
    told = properties.get(name) if isinstance(properties, dict) else None
    return told.get("type") if isinstance(told, dict) else None


def _valued(text: str, kind: Any) -> Any:
    """Between marks everything is text: what the schema wants otherwise is read as JSON."""
    text = text.strip()
    if kind in (None, "string"):
        return text
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError):
        return text
