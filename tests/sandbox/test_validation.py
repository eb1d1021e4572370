"""Bodies that GLM refuses, and those that it takes although they look odd."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.sandbox.asked import Said
from conversations.sandbox.refusals import Refused
from conversations.sandbox.validation import read_request

HELLO = {"role": "user", "content": "Hello"}
LINK = "https://example.org/a.png"
PICTURE = base64.b64encode(b"not really a picture").decode()


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "glm-4.7", "messages": [HELLO], **fields}).encode()


def parts(*found: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(found)}]


def image(url: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def code(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_request(content)
    return refused.value.refusal.code


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b'"text"', b"null"])
def test_a_body_that_is_no_json_object_is_1210(content: bytes) -> None:
    assert code(content) == "1210"


@pytest.mark.parametrize(
    "content", [b"{}", b'{"model": "glm-4.7"}', b'{"messages": []}', body(model=None), body(messages=None)]
)
def test_a_missing_field_is_1213(content: bytes) -> None:
    assert code(content) == "1213"


@pytest.mark.parametrize(
    "fields",
    [
        {"messages": []},
        {"messages": "Hello"},
        {"messages": ["Hello"]},
        {"messages": [{"content": "Hello"}]},
        {"messages": [{"role": "owner", "content": "Hello"}]},
        {"messages": [{"role": ["user"], "content": "Hello"}]},
        {"messages": [{"role": "user", "content": ""}]},
        {"messages": [{"role": "user", "content": 5}]},
        {"messages": [{"role": "user", "content": ["Hello"]}]},
        {"messages": [{"role": "system", "content": "Be kind."}]},
        {"messages": [{"role": "assistant", "content": "Hi"}, HELLO]},
        {"messages": [{"role": "system", "content": "x"}, {"role": "assistant", "content": "Hi"}, HELLO]},
        {"messages": [HELLO, {"role": "assistant", "content": None}, HELLO]},
        {"messages": [HELLO, {"role": "assistant", "content": "", "tool_calls": []}, HELLO]},
        {"messages": [HELLO, {"role": "assistant", "tool_calls": 5}, HELLO]},
        {"messages": [HELLO, {"role": "tool", "tool_call_id": "call_1", "content": "{}"}]},
        {"model": 5},
        {"model": ""},
        {"stream": "true"},
        {"temperature": 1.5},
        {"temperature": "warm"},
        {"temperature": True},
        {"top_p": -0.1},
        {"max_tokens": 0},
        {"max_tokens": 131_073},
        {"max_tokens": 10.5},
        {"request_id": "short"},
        {"request_id": "x" * 65},
        {"user_id": "me"},
        {"user_id": 1234567},
        {"stop": ["1", "2", "3", "4", "5"]},
        {"stop": [5]},
        {"stop": {}},
        {"thinking": "disabled"},
        {"thinking": {"type": "sometimes"}},
        {"reasoning_effort": "huge"},
        {"reasoning_effort": ["max"]},
    ],
)
def test_a_field_that_does_not_fit_is_1214(fields: dict[str, Any]) -> None:
    assert code(body(**fields)) == "1214"


def test_nulls_are_as_good_as_nothing() -> None:
    names = ["stream", "temperature", "top_p", "max_tokens", "stop", "request_id", "user_id", "tools", "seed"]
    names += ["do_sample", "meta", "thinking", "response_format", "tool_choice", "reasoning_effort"]

    assert read_request(body(**dict.fromkeys(names))) == read_request(body())


def test_what_the_sandbox_does_not_know_is_left_alone() -> None:
    assert read_request(body(n=1, stream_options={"include_usage": True})) == read_request(body())


def test_a_call_and_its_result_are_taken() -> None:
    call = {"id": "call_1", "type": "function", "function": {"name": "now", "arguments": "{}"}}
    asked = read_request(
        body(
            messages=[
                HELLO,
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "call_1", "content": "12:00"},
            ]
        )
    )

    assert asked.messages == (Said("user", "Hello"), Said("assistant", ""), Said("tool", "12:00"))
    assert asked.prompt.text == "Hello"


@pytest.mark.parametrize("model", ["glm-4.6v", "glm-4v-plus-0111", "glm-5v-turbo", "glm-5.3-flash", "llava"])
@pytest.mark.parametrize(
    "url", ["https://example.org/boat.png", f"data:image/png;base64,{PICTURE}", PICTURE], ids=["url", "data", "bare"]
)
def test_models_that_see_take_images_in_three_forms(model: str, url: str) -> None:
    asked = read_request(body(model=model, messages=parts(image(url), {"type": "text", "text": "What is it?"})))

    brought = None if url.startswith("https:") else base64.b64decode(PICTURE)
    assert asked.messages == (Said("user", "What is it?", (brought,)),)


@pytest.mark.parametrize("model", ["glm-4.7", "glm-4-flash", "glm-5.3", "charglm-4"])
def test_an_image_to_a_text_model_is_1214_and_says_what_is_allowed(model: str) -> None:
    with pytest.raises(Refused) as refused:
        read_request(body(model=model, messages=parts(image(PICTURE))))

    assert refused.value.refusal.code == "1214"
    assert "['text']" in refused.value.refusal.message()


@pytest.mark.parametrize(
    "part",
    [
        image(5),
        image(""),
        image("not base64!"),
        image("ftp://example.org/boat.png"),
        image("data:text/html;base64,AAAA"),
        image(base64.b64encode(b"x" * (5 * 1024 * 1024 + 1)).decode()),
        {"type": "image_url", "image_url": "https://example.org/boat.png"},
        {"type": "text"},
        {"type": "hologram"},
        {},
    ],
)
def test_a_part_that_does_not_fit_is_1214(part: dict[str, Any]) -> None:
    assert code(body(model="glm-4.6v", messages=parts(part))) == "1214"


WORDS = ("", "user", "assistant", "tool", "text", "image_url", "enabled", "Hello", "你好", "\ud83d", "\0")
WORD = st.sampled_from(WORDS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("model", "messages", "stream", "temperature", "max_tokens", "stop", "thinking", "request_id")
MESSAGE = st.fixed_dictionaries(
    {"role": WORD | JSON},
    optional={"content": JSON, "tool_calls": JSON, "tool_call_id": JSON},
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON | st.lists(MESSAGE, max_size=3)))
def test_anything_is_either_taken_or_refused(fields: dict[str, Any]) -> None:
    assert status(json.dumps(fields).encode()) in (200, 400)


def status(content: bytes) -> int:
    try:
        read_request(content)
    except Refused as refused:
        return refused.refusal.http_status
    return 200


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("glm-4v-flash", {"max_tokens": 1025}),
        ("glm-4-plus", {"max_tokens": 4096}),
        ("glm-4.6v", {"response_format": {"type": "json_object"}}),
        ("glm-4.6", {"response_format": {"type": "json_schema"}}),
        ("glm-4.6", {"response_format": "json_object"}),
        ("glm-4.6", {"do_sample": "no"}),
        ("glm-5.3", {"reasoning_effort": "medium"}),
    ],
)
def test_what_that_model_does_not_take_is_1214(model: str, fields: dict[str, Any]) -> None:
    assert code(body(model=model, **fields)) == "1214"


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("glm-4v-flash", {"max_tokens": 1024}),
        ("glm-4.6", {"response_format": {"type": "json_object"}, "do_sample": False}),
        ("glm-5.2", {"reasoning_effort": "medium"}),
        ("glm-4v", {"max_tokens": 10}),
        ("glm-3-turbo", {"temperature": 0.5}),
        ("house-model", {"max_tokens": 100_000, "response_format": {"type": "json_object"}}),
    ],
)
def test_what_it_takes_is_answered_also_by_retired_models(model: str, fields: dict[str, Any]) -> None:
    asked = read_request(body(model=model, **fields))
    assert asked.model == model
    assert {each.split("=")[0] for each in asked.parameters} == set(fields)


@pytest.mark.parametrize(
    ("model", "urls", "is_taken"),
    [
        ("glm-4.6", (LINK,), False),
        ("glm-4v-flash", (LINK,), True),
        ("glm-4v-flash", (LINK, LINK), False),
        ("glm-4v-flash", (PICTURE,), False),
        ("glm-4.6v", (PICTURE, LINK), True),
        ("glm-4v", (PICTURE,), True),
    ],
)
def test_images_are_taken_as_the_model_takes_them(model: str, urls: tuple[str, ...], is_taken: bool) -> None:
    content = body(model=model, messages=parts({"type": "text", "text": "What is it?"}, *map(image, urls)))
    if is_taken:
        assert len(read_request(content).messages[0].images) == len(urls)
    else:
        assert code(content) == "1214"
