"""The parameters of a request that shape its reply."""

from typing import Any

import pytest

from tests.sandbox.serving import Person


def test_max_tokens_cuts_the_reply_there(person: Person) -> None:
    answer = person.stream(max_tokens=12)

    assert answer.finishes == ["length"]
    assert answer.usages[0]["completion_tokens"] == 12
    assert person.stream().joined().startswith(answer.joined())


def test_reasoning_counts_into_max_tokens(person: Person) -> None:
    answer = person.stream("glm-4.7", max_tokens=12)

    assert answer.finishes == ["length"]
    assert answer.joined() == ""
    assert answer.joined("reasoning_content")


def test_enough_max_tokens_change_nothing(person: Person) -> None:
    assert person.stream(max_tokens=4000).finishes == ["stop"]


@pytest.mark.parametrize("stop", ["Mara", ["Mara"], ["nowhere", "became", "Mara"]])
def test_a_stop_word_ends_the_reply_before_it(person: Person, stop: object) -> None:
    answer = person.stream(stop=stop)

    assert answer.joined().endswith("When ")
    assert answer.finishes == ["stop"]


@pytest.mark.parametrize("model", ["glm-5.3", "glm-5", "glm-4.7-flash", "glm-4.6", "glm-4.5-air", "glm-z1-flash"])
def test_reasoning_models_reason_by_themselves(person: Person, model: str) -> None:
    assert person.ask(model).json["choices"][0]["message"]["reasoning_content"]


@pytest.mark.parametrize("model", ["glm-4-flash", "glm-4-plus", "some-model-of-a-friend"])
def test_other_models_do_not(person: Person, model: str) -> None:
    assert "reasoning_content" not in person.ask(model).json["choices"][0]["message"]


@pytest.mark.parametrize(
    ("model", "fields", "reasons"),
    [
        ("glm-4.7", {"thinking": {"type": "disabled"}}, False),
        ("glm-4.7", {"thinking": {"type": "enabled", "clear_thinking": False}}, True),
        ("glm-4.7", {"thinking": {}}, True),
        ("glm-4-flash", {"thinking": {"type": "enabled"}}, True),
        ("glm-z1-air", {"thinking": {"type": "disabled"}}, True),
        ("glm-5.2", {"reasoning_effort": "none"}, False),
        ("glm-5.3", {"reasoning_effort": "low"}, True),
    ],
)
def test_a_request_may_switch_reasoning(person: Person, model: str, fields: dict[str, Any], reasons: bool) -> None:
    message = person.ask(model, **fields).json["choices"][0]["message"]

    assert ("reasoning_content" in message) is reasons


def test_what_always_reasons_cannot_be_told_not_to(person: Person) -> None:
    assert person.ask("glm-5.3", thinking={"type": "disabled"}).error == "1210"


def test_the_prompt_counts_every_message(person: Person) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "Hello"},
    ]
    short = person.ask(prompt="Hello").json["usage"]["prompt_tokens"]
    long = person.send({"model": "glm-4-flash", "messages": messages}).json["usage"]["prompt_tokens"]

    assert long > 3 * short
