"""Replies that a test lets through, delta by delta."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.sandbox.serving import Person
from tests.waiting import eventually


@contextmanager
def gated(person: Person, model: str, prompt: str) -> Iterator[Iterator[str]]:
    """An open stream, as an iterator over the texts of its deltas."""
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": prompt}]}
    with person.http.stream("POST", f"{person.base}/chat/completions", json=body) as response:
        yield texts(response)


def texts(response: httpx.Response) -> Iterator[str]:
    for line in response.iter_lines():
        if line.startswith("data: {"):
            (choice,) = json.loads(line.removeprefix("data: "))["choices"]
            yield choice["delta"]["content"]


def test_deltas_wait_for_the_gate(person: Person) -> None:
    person.open("first", deltas=2)
    with gated(person, "sandbox-gated", "gate:first") as coming:
        assert [next(coming), next(coming)] == ["0001 ", "0002 "]
        waiting = eventually(lambda: (state := person.gate("first"))["waiting"] and state)
        assert (waiting["passed"], waiting["deltas"], waiting["requests"]) == (2, 0, 1)

        person.open("first", deltas=1)
        assert next(coming) == "0003 "
        person.open("first", all=True)
        assert len([text for text in coming if text]) == 17


def test_a_gate_opened_before_the_request_stays_open(person: Person) -> None:
    assert person.open("early", all=True) == {
        "all": True,
        "deltas": 0,
        "passed": 0,
        "requests": 0,
        "waiting": 0,
        "left": 0,
    }

    answer = person.stream("sandbox-gated-3", "gate:early")
    assert answer.joined() == "0001 0002 0003 "
    assert answer.finishes == ["stop"]


def test_permits_add_up(person: Person) -> None:
    person.open("sum", deltas=2)

    assert person.open("sum", deltas=3)["deltas"] == 5


def test_a_client_that_leaves_is_counted(person: Person) -> None:
    person.open("leaver", deltas=1)
    with gated(person, "sandbox-gated", "gate:leaver") as coming:
        next(coming)
        assert person.gate("leaver")["left"] == 0

    left = eventually(lambda: (state := person.gate("leaver"))["left"] and state)
    assert (left["left"], left["waiting"], left["passed"]) == (1, 0, 1)


def test_a_reply_that_ended_is_not_counted_as_left(person: Person) -> None:
    person.open("whole", all=True)
    person.stream("sandbox-gated", "gate:whole")

    assert (person.gate("whole")["requests"], person.gate("whole")["left"]) == (1, 0)


def test_any_scenario_may_be_gated(person: Person) -> None:
    person.open("fault", deltas=1)
    with gated(person, "glm-4.7", "[[network-error]] gate:fault Hello") as coming:
        assert next(coming).startswith("Hello")
        eventually(lambda: person.gate("fault")["waiting"])
        person.open("fault", all=True)
        list(coming)


def test_a_whole_answer_waits_too(person: Person) -> None:
    person.open("body", deltas=3)

    text = person.ask("sandbox-gated-3", "gate:body").json["choices"][0]["message"]["content"]
    assert text == "0001 0002 0003 "
    assert person.gate("body")["passed"] == 3


def test_two_replies_share_the_permits_of_one_gate(person: Person) -> None:
    person.open("shared", deltas=4)
    first = person.stream("sandbox-gated-2", "gate:shared")
    second = person.stream("sandbox-gated-2", "gate:shared")

    assert first.joined() == second.joined() == "0001 0002 "
    assert person.gate("shared")["requests"] == 2


def test_gated_without_a_gate_is_refused(person: Person) -> None:
    answer = person.stream("sandbox-gated", "Hello")

    assert (answer.status, answer.error) == (400, "1214")


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", '{"deltas": 0}', '{"deltas": "2"}', '{"all": false}', '{"deltas": true}', "[" * 100_000]
)
def test_a_wish_that_says_nothing_is_refused(person: Person, body: str) -> None:
    response = person.http.post(f"{person.address}/_sandbox/gates/odd/open", content=body)

    assert (response.status_code, response.json()["error"]["code"]) == (400, "1210")


def test_gates_need_no_key(person: Person) -> None:
    response = httpx.get(f"{person.address}/_sandbox/gates/any", trust_env=False)

    assert response.status_code == 200


def test_a_client_that_gives_up_frees_a_server_that_never_answers(person: Person) -> None:
    body = {"model": "sandbox-timeout", "messages": [{"role": "user", "content": "Hello"}]}
    with pytest.raises(httpx.ReadTimeout):
        person.http.post(f"{person.base}/chat/completions", json=body, timeout=0.05)

    assert person.ask().status == 200
