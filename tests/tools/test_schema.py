import socket
from typing import Any

import pytest

from conversations.tools.schema import DEEPEST, NoSchema, checked, depth, faults


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "object"}
    for _ in range(levels):
        value = {"type": "object", "properties": {"x": value}}
    return value


@pytest.mark.parametrize(
    "schema",
    [{}, {"type": "object"}, {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {}}}],
)
def test_a_schema_of_an_object_is_one(schema: dict[str, Any]) -> None:
    assert checked(schema) is schema


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ([], "not a JSON object"),
        ("object", "not a JSON object"),
        ({"type": "string"}, "must be"),
        ({"properties": {}}, "must be"),
        ({"type": "object", "properties": []}, "properties"),
        ({"type": "object", "properties": {"a": {"type": "text"}}}, "text"),
        ({"type": "object", "required": "a"}, "required"),
        ({"type": "object", "properties": {"a": {"$ref": "https://example.org/x"}}}, "example.org"),
        ({"type": "object", "$id": "file:///etc/passwd"}, "passwd"),
        ({"type": "object", "description": "x" * 20_000}, "characters"),
        (nested(10_000), "nested"),
    ],
    ids=range(11),
)
def test_what_is_none_says_why(schema: Any, words: str) -> None:
    with pytest.raises(NoSchema, match=words):
        checked(schema)


def test_a_schema_may_name_its_dialect() -> None:
    checked({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"})


def test_arguments_that_fit_have_no_faults() -> None:
    assert faults({"type": "object", "required": ["a"]}, {"a": 1}) == ()
    assert faults({}, {}) == ()


def test_of_many_faults_the_first_few_are_told() -> None:
    schema = {"type": "object", "properties": {each: {"type": "integer"} for each in "abcdef"}}
    assert len(faults(schema, dict.fromkeys("abcdef", "no"))) == 3


def test_a_schema_that_never_ends_is_a_fault_and_no_crash() -> None:
    assert faults({"type": "object", "$ref": "#"}, {}) != ()


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a schema reached for the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(NoSchema):
        checked({"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:1/x"}}})


def test_depth_is_counted_as_far_as_it_matters() -> None:
    assert [depth(each) for each in (1, {}, [], {"a": [1]}, nested(10_000))] == [0, 1, 1, 2, DEEPEST + 1]


class TestExpressions:
    SLOW = "(a+)+$"

    def test_take_no_more_time_than_their_text(self) -> None:
        schema = checked({"type": "object", "properties": {"a": {"type": "string", "pattern": self.SLOW}}})
        assert faults(schema, {"a": "a" * 5000 + "b"}) != ()
        assert faults(schema, {"a": "aaa"}) == ()

    @pytest.mark.parametrize("pattern", ["(", "(?=a)b", r"(a)\1"])
    def test_are_those_of_re2(self, pattern: str) -> None:
        with pytest.raises(NoSchema, match="no regular expression of RE2"):
            checked({"type": "object", "properties": {"a": {"pattern": pattern}}})

    def test_name_no_properties(self) -> None:
        with pytest.raises(NoSchema, match="patternProperties"):
            checked({"type": "object", "patternProperties": {self.SLOW: {"type": "string"}}})
