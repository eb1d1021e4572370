"""A schema as fields that people fill in."""

from typing import Any

import pytest

from conversations.http_tools import Field, Kind, example_of, fields_of

SCHEMA: dict[str, Any] = {
    "type": "object",
    "$defs": {"Place": {"type": "object", "description": "A place"}, "Unit": {"enum": ["C", "F"]}},
    "properties": {
        "city": {"type": "string", "description": "Which city", "examples": ["Kiel"]},
        "days": {"type": ["integer", "null"], "default": 1},
        "share": {"type": "number"},
        "is_exact": {"type": "boolean"},
        "unit": {"$ref": "#/$defs/Unit"},
        "near": {"$ref": "#/$defs/Place"},
        "tags": {"type": "array"},
        "either": {"anyOf": [{"type": "string"}, {"type": "object"}]},
        "mixed": {"type": ["string", "integer"]},
        "fixed": {"const": 3},
        "anything": True,
    },
    "required": ["city"],
}


def test_every_argument_has_its_kind() -> None:
    kinds = {field.name: field.kind for field in fields_of(SCHEMA)}
    assert kinds == {
        "city": Kind.TEXT,
        "days": Kind.INTEGER,
        "share": Kind.NUMBER,
        "is_exact": Kind.TRUTH,
        "unit": Kind.CHOICE,
        "near": Kind.OBJECT,
        "tags": Kind.LIST,
        "either": Kind.OBJECT,
        "mixed": Kind.OBJECT,
        "fixed": Kind.CHOICE,
        "anything": Kind.TEXT,
    }


def test_a_field_says_what_it_is() -> None:
    assert fields_of(SCHEMA)[0] == Field("city", Kind.TEXT, True, "Which city", (), "Kiel")
    assert fields_of(SCHEMA)[4].choices == ("C", "F")
    assert example_of(SCHEMA) == {"city": "Kiel", "days": 1}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"properties": None},
        {"properties": []},
        {"type": "object", "properties": {"a": {"$ref": "#/properties/a"}}},
        {"type": "object", "properties": {"a": {"$ref": "#/nowhere/b"}}, "required": 7},
        {"type": "object", "properties": {"a": {"$ref": 7, "enum": "x", "examples": "y", "type": 9}}},
    ],
)
def test_nonsense_is_survived(schema: dict[str, Any]) -> None:
    assert len(fields_of(schema)) <= 1


def test_there_is_an_end() -> None:
    assert len(fields_of({"properties": {f"a{n}": {} for n in range(1000)}})) == 100
