"""What each scenario answers to a request without `stream`."""

import re
from datetime import datetime, timedelta

import pytest

from conversations.sandbox.wire import BEIJING
from tests.sandbox.serving import Person


def test_a_whole_answer_has_the_documented_shape(person: Person) -> None:
    answer = person.ask("sandbox-reasoning", request_id="request-0001")
    body = answer.json
    (choice,) = body["choices"]

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert set(body) == {"id", "created", "model", "request_id", "choices", "usage"}
    assert re.fullmatch(r"\d{14}[0-9a-f]{18}", body["id"])
    assert (body["model"], body["request_id"]) == ("sandbox-reasoning", "request-0001")
    assert (choice["index"], choice["finish_reason"]) == (0, "stop")
    assert set(choice["message"]) == {"role", "content", "reasoning_content"}


def test_without_a_request_id_the_answer_repeats_its_own_id(person: Person) -> None:
    body = person.ask().json

    assert body["request_id"] == body["id"]


def test_the_id_tells_beijing_time(person: Person) -> None:
    body = person.ask().json
    told = datetime.strptime(body["id"][:14], "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)

    assert told.timestamp() == body["created"]


def test_whole_and_streamed_say_the_same(person: Person) -> None:
    streamed = person.stream("glm-4.7")
    body = person.ask("glm-4.7").json
    message = body["choices"][0]["message"]

    assert message["content"] == streamed.joined()
    assert message["reasoning_content"] == streamed.joined("reasoning_content")
    assert body["usage"] == streamed.usages[0]


REFUSALS = [
    ("blocked", 400, "1301"),
    ("unauthorized", 401, "1000"),
    ("busy", 429, "1302"),
    ("overloaded", 429, "1305"),
    ("no-money", 429, "1113"),
    ("plan-cap", 429, "1310"),
    ("model-gone", 400, "1211"),
    ("too-long", 400, "1261"),
    ("error-500", 500, "500"),
    ("error-503", 503, "503"),
]


@pytest.mark.parametrize("is_streamed", [True, False])
@pytest.mark.parametrize(("name", "status", "code"), REFUSALS)
def test_refusals_are_http_errors_streamed_or_not(
    person: Person, name: str, status: int, code: str, is_streamed: bool
) -> None:
    answer = person.ask(f"sandbox-{name}", stream=is_streamed)

    assert (answer.status, answer.error) == (status, code)
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-log-id"]


def test_blocked_says_who_was_judged_in_camel_case(person: Person) -> None:
    assert person.ask("sandbox-blocked").json["contentFilter"] == [{"level": 1, "role": "user"}]


@pytest.mark.parametrize(("name", "role"), [("sensitive-user", "user"), ("sensitive-history", "history")])
def test_a_judged_input_is_refused_when_nothing_streams(person: Person, name: str, role: str) -> None:
    answer = person.ask(f"sandbox-{name}")

    assert (answer.status, answer.error) == (400, "1301")
    assert answer.json["contentFilter"] == [{"level": 1, "role": role}]


def test_a_judged_output_is_a_200_in_snake_case(person: Person) -> None:
    answer = person.ask("sandbox-sensitive-output")

    assert answer.status == 200
    assert answer.json["choices"][0]["finish_reason"] == "sensitive"
    assert answer.json["content_filter"] == [{"role": "assistant", "level": 1}]


def test_plan_cap_names_a_future_reset_in_chinese_whatever_the_language(person: Person) -> None:
    messages = [{"role": "user", "content": "[[plan-cap]]"}]
    answer = person.send({"model": "glm-4.7", "messages": messages}, **{"Accept-Language": "en-US,en"})
    message = answer.json["error"]["message"]
    (told,) = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", message)
    resets_at = datetime.strptime(told, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)

    assert "重置" in message
    assert timedelta(hours=5) < resets_at - datetime.now(BEIJING) < timedelta(hours=7)


def test_html_502_is_a_page(person: Person) -> None:
    answer = person.ask("sandbox-html-502")

    assert answer.status == 502
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.body.startswith(b"<html>")


def test_an_error_inside_a_200_is_the_whole_body(person: Person) -> None:
    answer = person.ask("sandbox-error-midstream")

    assert (answer.status, answer.error) == (200, "1234")


def test_cut_sends_half_a_body(person: Person) -> None:
    answer = person.ask("sandbox-cut")

    assert answer.is_broken
    assert 0 < len(answer.body) < int(answer.headers["content-length"])


def test_length_empty_is_an_empty_answer(person: Person) -> None:
    choice = person.ask("sandbox-length-empty").json["choices"][0]

    assert (choice["finish_reason"], choice["message"]["content"]) == ("length", "")
    assert choice["message"]["reasoning_content"]


@pytest.mark.parametrize("name", ["glued", "usage-separate", "double-finish", "crlf", "comments", "no-done"])
def test_forms_of_a_stream_do_not_show_in_a_whole_answer(person: Person, name: str) -> None:
    body = person.ask(f"sandbox-{name}").json

    assert body["choices"][0]["finish_reason"] == "stop"
    assert body["choices"][0]["message"]["content"]
    assert body["usage"]["total_tokens"] > 0


def test_errors_speak_english_to_those_who_ask_for_it(person: Person) -> None:
    request = {"model": "sandbox-busy", "messages": [{"role": "user", "content": "Hi"}]}

    assert "Too many requests" in person.send(request, **{"Accept-Language": "en-US,en"}).body.decode()
    assert "并发请求过多" in person.send(request).body.decode()
