"""The places that a template leaves for arguments, and how a value is written into each; pure.

A place is `{name}`. In the path its text is encoded whole, so that no value adds a step; in the query it is one value,
or several of the same name; in the body it is a value of JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from conversations.spoken import Spoken, gettext_noop

PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]{0,63})\}")
_MISSING = object()


class Misfit(Spoken, ValueError):
    """An argument that cannot stand in its place; its sentence says why."""


def names_in(text: str) -> list[str]:
    return PLACE.findall(text)


def names_in_json(value: Any) -> list[str]:
    """Those in the strings of a body, keys left alone."""
    if isinstance(value, dict):
        return [name for each in value.values() for name in names_in_json(each)]
    if isinstance(value, list):
        return [name for each in value for name in names_in_json(each)]
    return names_in(value) if isinstance(value, str) else []


def path_with(template: str, arguments: Mapping[str, Any]) -> str:
    """The path, every argument as a part of one step. Raises Misfit for what is missing or would be another step."""
    return "/".join(_step(step, arguments) for step in template.split("/"))


def _step(template: str, arguments: Mapping[str, Any]) -> str:
    if not (names := names_in(template)):
        return template
    for name in names:
        if not isinstance(arguments.get(name), str | int | float):
            raise Misfit(gettext_noop("%(name)s must be given, as a text or a number."), name=name)
    filled = PLACE.sub(lambda found: quote(_text(arguments[found[1]]), safe=""), template)
    # Servers differ in when they decode: whatever could be read as a step upwards is refused.
    plain = unquote(filled).replace("\\", "/")
    if not plain.strip() or any(part in (".", "..") for part in plain.split("/")) or not plain.isprintable():
        words = gettext_noop("%(names)s cannot be empty, a dot, two dots, or hold these as a step of a path.")
        raise Misfit(words, names=", ".join(names))
    return filled


def query_with(template: str, arguments: Mapping[str, Any], more: Iterable[tuple[str, str]] = ()) -> str:
    """The query; a parameter whose argument is not given is left out. `more` are added as they are, encoded."""
    pairs = [pair for each in template.split("&") if each for pair in _parameter(each, arguments)]
    pairs += [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in more]
    return "&".join(pairs)


def _parameter(template: str, arguments: Mapping[str, Any]) -> list[str]:
    name, equals, value = template.partition("=")
    if not (names := names_in(value)):
        return [template]
    given = [arguments.get(each, _MISSING) for each in names]
    if any(each is _MISSING or each is None for each in given):
        return []
    if PLACE.fullmatch(value) and isinstance(given[0], list):
        return [f"{name}{equals}{quote(_text(each), safe='')}" for each in given[0]]
    return [f"{name}{equals}" + PLACE.sub(lambda found: quote(_text(arguments[found[1]]), safe=""), value)]


def json_with(template: Any, arguments: Mapping[str, Any]) -> Any:
    """The body. A string that is a place alone becomes the argument with its kind; one that is not given is left out
    of its object or list, or is null where it stands alone."""
    value = _json(template, arguments)
    return None if value is _MISSING else value


def _json(template: Any, arguments: Mapping[str, Any]) -> Any:
    if isinstance(template, dict):
        found = {key: _json(each, arguments) for key, each in template.items()}
        return {key: each for key, each in found.items() if each is not _MISSING}
    if isinstance(template, list):
        return [each for each in (_json(each, arguments) for each in template) if each is not _MISSING]
    if not isinstance(template, str) or not (names := names_in(template)):
        return template
    if PLACE.fullmatch(template):
        return arguments.get(names[0], _MISSING)
    if any(name not in arguments for name in names):
        return _MISSING
    return PLACE.sub(lambda found: _text(arguments[found[1]]), template)


def _text(value: Any) -> str:
    """A value in a text: strings as they are, everything else as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
