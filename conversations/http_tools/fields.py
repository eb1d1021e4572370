"""The arguments of a schema as fields of a form, for people who want to see them or try a tool; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST_FIELDS = 100
_DEEPEST = 8  # references that lead to references


class Kind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    TRUTH = "truth"
    CHOICE = "choice"
    LIST = "list"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Field:
    """One argument. `choices` are values of JSON, for the kind CHOICE; `example` is what the schema gives as default or
    example, None for nothing."""

    name: str
    kind: Kind
    is_required: bool
    explains: str = ""
    choices: tuple[Any, ...] = ()
    example: Any = None


def fields_of(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The first hundred, in the order of the schema."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return ()
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    return tuple(_field(name, told, name in needed, schema) for name, told in list(properties.items())[:MOST_FIELDS])


def example_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments to begin with: what the schema itself gives."""
    return {field.name: field.example for field in fields_of(schema) if field.example is not None}


def _field(name: str, told: Any, is_required: bool, schema: Mapping[str, Any]) -> Field:
    told = _followed(told, schema)
    choices = told.get("enum")
    if not isinstance(choices, list):
        choices = [told["const"]] if "const" in told else []
    examples = told.get("examples")
    example = told.get("default", examples[0] if isinstance(examples, list) and examples else None)
    explains = told.get("description") or told.get("title") or ""
    kind = Kind.CHOICE if choices else _kind(told)
    return Field(name, kind, is_required, str(explains), tuple(choices), example)


def _kind(told: Mapping[str, Any]) -> Kind:
    named = told.get("type")
    kinds = [each for each in (named if isinstance(named, list) else [named]) if each != "null"]
    known = {"integer": Kind.INTEGER, "number": Kind.NUMBER, "boolean": Kind.TRUTH, "array": Kind.LIST}
    if len(kinds) == 1 and kinds[0] in known:
        return known[kinds[0]]
    is_open = kinds == [None] and any(each in told for each in ("anyOf", "oneOf", "allOf", "properties", "$ref"))
    return Kind.OBJECT if kinds == ["object"] or is_open or len(kinds) > 1 else Kind.TEXT


def _followed(told: Any, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a reference inside this one leads to."""
    for _ in range(_DEEPEST):
        reference = told.get("$ref") if isinstance(told, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            break
        told = _at(schema, reference[2:].split("/"))
    return told if isinstance(told, dict) else {}


def _at(schema: Any, steps: list[str]) -> Any:
    for step in steps:
        schema = schema.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(schema, dict) else None
    return schema
