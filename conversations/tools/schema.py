"""JSON Schema: what a tool may ask for, and whether arguments fit. The library is loaded with the first of either."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

MOST_CHARACTERS = 20_000
DEEPEST = 32
"""Levels of objects and lists, of schemas and of arguments."""
MOST_FAULTS = 3
FAULT_LENGTH = 300


class NoSchema(ValueError):
    """Not a JSON Schema that a function could have; the text says why, in the reader's language where it is ours."""


def checked(schema: Any) -> dict[str, Any]:
    """The schema, if it describes an object within bounds and refers to nothing outside itself. Raises NoSchema."""
    if not isinstance(schema, dict):
        raise NoSchema(_("it is not a JSON object"))
    if schema and schema.get("type") != "object":
        raise NoSchema(_('its "type" must be "object"'))
    if depth(schema) > DEEPEST:
        raise NoSchema(_("it is nested deeper than %(most)s levels") % {"most": DEEPEST})
    if len(json.dumps(schema, ensure_ascii=False)) > MOST_CHARACTERS:
        raise NoSchema(_("it has more than %(most)s characters") % {"most": MOST_CHARACTERS})
    if foreign := _foreign_reference(schema):
        words = _("it refers to %(there)s, and only references that begin with # are followed")
        raise NoSchema(words % {"there": foreign[:FAULT_LENGTH]})
    _check_expressions(schema)
    library = import_module("jsonschema")
    try:
        library.Draft202012Validator.check_schema(schema)
    except library.SchemaError as error:
        raise NoSchema(f"{_place(error)}{error.message[:FAULT_LENGTH]}") from None
    except RecursionError:
        raise NoSchema(_("it refers to itself without an end")) from None
    return schema


def faults(schema: Mapping[str, Any], arguments: Any) -> tuple[str, ...]:
    """Why arguments do not fit, in words for the model, the first few; nothing when they do."""
    if not schema:
        return () if isinstance(arguments, dict) else ("the arguments must be a JSON object",)
    if depth(arguments) > DEEPEST:
        return (f"the arguments are nested deeper than {DEEPEST} levels",)
    try:
        errors = _validator(json.dumps(schema, sort_keys=True)).iter_errors(arguments)
        found = [f"{_place(error)}{error.message[:FAULT_LENGTH]}" for error in islice(errors, MOST_FAULTS)]
    except RecursionError:
        return ("the arguments cannot be checked, they are nested too deeply",)
    return tuple(found)


def depth(value: Any) -> int:
    """How many levels of objects and lists there are; counted without recursion, as far as one more than allowed."""
    level, layer = 0, [value]
    while layer and level <= DEEPEST:
        inner = [each for each in layer if isinstance(each, dict | list)]
        if not inner:
            return level
        layer = [child for each in inner for child in (each.values() if isinstance(each, dict) else each)]
        level += 1
    return level


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    """With a registry that fetches nothing."""
    library, registry = import_module("jsonschema"), import_module("referencing").Registry()
    kind = library.validators.extend(library.Draft202012Validator, {"pattern": _pattern})
    return kind(json.loads(schema), registry=registry)


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:
    """By RE2, whose time grows with the text alone: text and expression both come from elsewhere."""
    expression = _expression(pattern)
    if validator.is_type(instance, "string") and (expression is None or not expression.search(instance)):
        yield import_module("jsonschema").ValidationError(f"{instance!r} does not match {pattern!r}")


def _check_expressions(schema: Any) -> None:
    for value in _objects_in(schema):
        if isinstance(value.get("patternProperties"), dict):
            raise NoSchema(_('"patternProperties" is not supported; name the properties instead'))
        pattern = value.get("pattern")
        if isinstance(pattern, str) and _expression(pattern) is None:
            raise NoSchema(_("%(pattern)s is no regular expression of RE2") % {"pattern": pattern[:FAULT_LENGTH]})


@lru_cache(maxsize=256)
def _expression(pattern: str) -> Any:
    """Compiled by RE2; None for what it does not know."""
    library = import_module("re2")
    options = library.Options()
    options.log_errors = False
    try:
        return library.compile(pattern, options=options)
    except library.error:
        return None


def _place(error: Any) -> str:
    path = ".".join(str(each) for each in error.absolute_path)
    return f"{path}: " if path else ""


def _foreign_reference(schema: Any) -> str:
    for value in _objects_in(schema):
        for key in ("$ref", "$dynamicRef", "$id", "$schema"):
            told = value.get(key)
            is_known = key == "$schema" and isinstance(told, str) and told.startswith("https://json-schema.org/")
            if isinstance(told, str) and not told.startswith("#") and not is_known:
                return told
    return ""


def _objects_in(schema: Any) -> Iterator[dict[str, Any]]:
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
