"""What goes over the wire, and what never does."""

import json
from typing import Any

import pytest

from conversations.glm import ChatMessage, ChatRequest, Image


def request(messages: tuple[ChatMessage, ...] = (ChatMessage("user", "Hi"),), **parameters: Any) -> ChatRequest:
    return ChatRequest("glm-4.6", messages, "request-1", "person-1", parameters)


def wire(**parameters: Any) -> dict[str, Any]:
    body = request(**parameters).body()
    return {name: body[name] for name in body.keys() - {"model", "messages", "stream", "request_id", "user_id"}}


def test_a_plain_request_says_no_more_than_it_must() -> None:
    assert request().body() == {
        "model": "glm-4.6",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
        "request_id": "request-1",
        "user_id": "person-1",
    }


def test_it_can_ask_for_a_whole_answer() -> None:
    assert request().body(stream=False)["stream"] is False


def test_of_a_stream_it_can_ask_for_the_usage() -> None:
    assert request().body(asks_for_usage=True)["stream_options"] == {"include_usage": True}
    assert "stream_options" not in request().body(stream=False, asks_for_usage=True)


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        (0, {"temperature": 0.01, "do_sample": False}),
        (-1, {"temperature": 0.01, "do_sample": False}),
        (0.004, {"temperature": 0.01}),
        (0.333, {"temperature": 0.33}),
        (0.999, {"temperature": 0.99}),
        (1, {"temperature": 0.99}),
        (None, {}),
    ],
)
def test_temperature_stays_inside_the_open_interval(told: float | None, sent: dict[str, Any]) -> None:
    assert wire(temperature=told) == sent


@pytest.mark.parametrize(("told", "sent"), [(0, 0.01), (0.5, 0.5), (1, 0.99)])
def test_top_p_stays_inside_the_open_interval(told: float, sent: float) -> None:
    assert wire(top_p=told) == {"top_p": sent}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        request(top_p=value).body()


@pytest.mark.parametrize(
    ("told", "sent"),
    [("END", {"stop": ["END"]}), (["a", "b"], {"stop": ["a"]}), (["", "b"], {"stop": ["b"]}), ("", {}), ([], {})],
)
def test_stop_is_a_list_of_one(told: Any, sent: dict[str, Any]) -> None:
    assert wire(stop=told) == sent


@pytest.mark.parametrize(("told", "sent"), [(0, 1), (500, 500), (10**9, 131072)])
def test_max_tokens_stays_inside_its_bounds(told: int, sent: int) -> None:
    assert wire(max_tokens=told) == {"max_tokens": sent}


def test_other_parameters_pass_as_they_are() -> None:
    assert wire(thinking={"type": "disabled"}, do_sample=False) == {
        "thinking": {"type": "disabled"},
        "do_sample": False,
    }


def test_an_unknown_parameter_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="frequency_penalty"):
        request(frequency_penalty=1)


@pytest.mark.parametrize(
    "fields",
    [
        {"model": ""},
        {"messages": ()},
        {"request_id": "short"},
        {"request_id": "x" * 65},
        {"user_id": "short"},
        {"user_id": "x" * 129},
    ],
)
def test_what_no_server_accepts_is_refused(fields: dict[str, Any]) -> None:
    whole = {"model": "m", "messages": (ChatMessage("user", "x"),), "request_id": "request-1", "user_id": "person-1"}
    with pytest.raises(ValueError):
        ChatRequest(**{**whole, **fields})


def test_reasoning_goes_back_only_when_given() -> None:
    assert ChatMessage("assistant", "a").to_wire() == {"role": "assistant", "content": "a"}
    assert ChatMessage("assistant", "a", "r").to_wire()["reasoning_content"] == "r"


def test_the_body_is_utf8_whatever_the_text() -> None:
    text = "汉堡 \ud83d \0 \u2028 😀"
    body = request((ChatMessage("user", text),)).encoded()
    assert json.loads(body.decode())["messages"][0]["content"] == "汉堡 \ufffd  \u2028 😀"
    assert "汉堡".encode() in body


def test_parameters_are_scrubbed_too() -> None:
    assert json.loads(request(stop="\ud83d").encoded())["stop"] == ["\ufffd"]


def test_pictures_go_before_the_text_as_data_uris() -> None:
    image = Image("one", "", "image/png", b"\x89PNG")
    assert ChatMessage("user", "What is it?", images=(image,)).to_wire() == {
        "role": "user",
        "content": [
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
            {"type": "text", "text": "What is it?"},
        ],
    }


def test_pictures_may_come_without_text() -> None:
    wire = ChatMessage("user", "", images=(Image("one", "", "image/png", b"x"),)).to_wire()
    assert [part["type"] for part in wire["content"]] == ["image_url"]


def test_a_picture_that_could_not_be_read_is_not_sent() -> None:
    assert ChatMessage("user", "What is it?", images=(Image("one"),)).to_wire()["content"] == "What is it?"


def test_no_log_line_contains_a_picture() -> None:
    assert "secret" not in repr(Image("one", "", "image/png", b"secret"))


def test_in_one_piece_nothing_is_said_of_streams() -> None:
    request = ChatRequest("glm-4.6", (ChatMessage("user", "Hi"),), "request-1", "person-1", {"tool_stream": True})
    assert request.body()["tool_stream"] is True
    assert "tool_stream" not in request.body(stream=False)
