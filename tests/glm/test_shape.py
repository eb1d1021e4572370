"""Chunks of one shape are read by their text alone, and never wrongly."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.glm.lenient import parse_object
from conversations.glm.shape import ChunkParser, PlainText


def chunk(text: str = "a", key: str = "content", **more: Any) -> str:
    delta = {"role": "assistant", key: text}
    value = {"id": "1", "created": 5, "model": "m", "choices": [{"index": 0, "delta": delta}], **more}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def after(*before: str) -> ChunkParser:
    parser = ChunkParser()
    for each in before:
        parser.parse(each)
    return parser


@pytest.mark.parametrize("key", ["content", "reasoning_content"])
def test_the_second_chunk_of_a_shape_is_its_text(key: str) -> None:
    assert after(chunk("a", key)).parse(chunk("汉堡", key)) == PlainText(key, "汉堡")


def test_the_first_chunk_is_parsed() -> None:
    assert ChunkParser().parse(chunk()) == parse_object(chunk())


@pytest.mark.parametrize("text", ['say "x"', "a\\b", "line\nline", '"}}]}', '","finish_reason":"stop"'])
def test_texts_with_escapes_are_parsed(text: str) -> None:
    assert after(chunk()).parse(chunk(text)) == parse_object(chunk(text))


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
    assert isinstance(after(first).parse(first), dict)


def test_null_and_empty_fields_say_nothing() -> None:
    quiet = chunk(usage=None).replace('"index":0', '"index":0,"finish_reason":"","logprobs":null')
    assert after(quiet).parse(quiet) == PlainText("content", "a")


def test_another_id_is_another_shape() -> None:
    assert isinstance(after(chunk()).parse(chunk().replace('"id":"1"', '"id":"2"')), dict)


def test_a_text_that_overlaps_the_shape_is_no_text() -> None:
    shape = '{"choices":[{"delta":{"content":"%s"}}]}'
    assert after(shape % "a").parse('{"choices":[{"delta":{"content":"}}]}') is None


def test_nonsense_has_no_value() -> None:
    assert after(chunk()).parse("nonsense") is None


@given(st.lists(st.text(max_size=8), max_size=6))
def test_the_texts_are_those_of_the_json(texts: list[str]) -> None:
    parser = ChunkParser()
    for text in texts:
        parsed = parser.parse(chunk(text))
        if isinstance(parsed, PlainText):
            assert parsed.text == text
        else:
            assert parsed == parse_object(chunk(text))
