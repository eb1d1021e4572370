"""Chunks of one shape are read by their text alone, and never wrongly."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.glm.lenient import parse_object
from conversations.glm.shape import PlainText, Shape


def chunk(text: str = "a", key: str = "content", **more: Any) -> str:
    delta = {"role": "assistant", key: text}
    value = {"id": "1", "created": 5, "model": "m", "choices": [{"index": 0, "delta": delta}], **more}
    return "data: " + json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def after(*lines: str) -> Shape:
    shape = Shape()
    for line in lines:
        shape.learn(line, value_of(line))
    return shape


def value_of(line: str) -> dict[str, Any]:
    value = parse_object(line.removeprefix("data: "))
    assert value is not None
    return value


@pytest.mark.parametrize("key", ["content", "reasoning_content"])
def test_a_line_of_a_known_shape_is_its_text(key: str) -> None:
    assert after(chunk("a", key)).text_in(chunk("汉堡", key)) == PlainText(key, "汉堡")


@pytest.mark.parametrize("line", ["", "data: x", chunk()])
def test_nothing_has_a_shape_before_one_was_seen(line: str) -> None:
    assert Shape().text_in(line) is None


@pytest.mark.parametrize("text", ['say "x"', "a\\b", "line\nline", '"}}]}', '","finish_reason":"stop"'])
def test_texts_with_escapes_are_left_to_the_parser(text: str) -> None:
    assert after(chunk()).text_in(chunk(text)) is None


@pytest.mark.parametrize(
    "first",
    [
        chunk(usage={"total_tokens": 3}),
        chunk(content_filter=[{"role": "assistant", "level": 0}]),
        chunk(error={"code": "1"}),
        chunk(web_search=[{"title": "t"}]),
        chunk(unknown=1),
        chunk().replace('"index":0', '"index":0,"finish_reason":"sensitive"'),
        chunk().replace('"role":"assistant"', '"tool_calls":[{"index":0}]'),
        chunk().replace('"role":"assistant"', '"reasoning_content":"r"'),
        chunk().replace('"choices":[', '"choices":[{},'),
    ],
)
def test_a_chunk_that_says_more_than_its_text_is_no_model_for_others(first: str) -> None:
    assert after(first).text_in(first) is None


def test_null_and_empty_fields_say_nothing() -> None:
    quiet = chunk(usage=None).replace('"index":0', '"index":0,"finish_reason":"","logprobs":null')
    assert after(quiet).text_in(quiet) == PlainText("content", "a")


def test_another_id_is_another_shape() -> None:
    assert after(chunk()).text_in(chunk().replace('"id":"1"', '"id":"2"')) is None


def test_a_text_that_overlaps_the_shape_is_no_text() -> None:
    shape = after('data: {"choices":[{"delta":{"content":"a"}}]}')
    assert shape.text_in('data: {"choices":[{"delta":{"content":"}}]}') is None


def test_the_last_shape_counts() -> None:
    shape = after(chunk(key="reasoning_content"), chunk())
    assert shape.text_in(chunk("b")) == PlainText("content", "b")
    assert shape.text_in(chunk("b", "reasoning_content")) is None


@given(st.lists(st.text(max_size=8), max_size=6))
def test_the_texts_are_those_of_the_json(texts: list[str]) -> None:
    shape = Shape()
    for text in texts:
        found = shape.text_in(chunk(text))
        assert found is None or found.text == text
        shape.learn(chunk(text), value_of(chunk(text)))
