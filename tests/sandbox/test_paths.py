"""Paths, keys and bodies before any model is asked."""

import base64
import json
import time
from typing import Any

import jwt
import pytest

from conversations.sandbox import SANDBOX_MODELS
from conversations.sandbox.auth import Key
from tests.sandbox.serving import Person

NESTED = base64.urlsafe_b64encode(b"[" * 10_000).decode()
QUESTION = {"model": "glm-4-flash", "messages": [{"role": "user", "content": "Hello"}]}


def token(secret: str = "sandbox", algorithm: str = "HS256", **claims: Any) -> str:
    """A token as GLM's own SDK makes it: milliseconds, and `sign_type` in the header."""
    now = round(time.time() * 1000)
    payload = {"api_key": "sandbox", "exp": now + 60_000, "timestamp": now, **claims}
    return jwt.encode(payload, secret.ljust(64, "\0"), algorithm, {"alg": algorithm, "sign_type": "SIGN"})


def asked_with(person: Person, authorization: str | None) -> tuple[int, str | None]:
    headers = {"Authorization": authorization} if authorization is not None else {}
    person.http.headers.pop("Authorization")
    answer = person.send(QUESTION, **headers)
    return answer.status, answer.json.get("error", {}).get("code")


@pytest.mark.parametrize(
    "authorization",
    ["Bearer sandbox.sandbox", "sandbox.sandbox", "Bearer 0a1b2c3d.Zz9-_x", "Bearer other.key"],
)
def test_raw_keys_are_taken_with_or_without_the_word_bearer(person: Person, authorization: str) -> None:
    assert asked_with(person, authorization) == (200, None)


def test_the_key_s_token_is_taken_with_or_without_the_word_bearer(person: Person) -> None:
    assert asked_with(person, f"Bearer {token()}") == (200, None)


def test_a_bare_token_is_taken(person: Person) -> None:
    assert asked_with(person, token()) == (200, None)


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "1001"),
        ("", "1001"),
        ("Bearer nodot", "1000"),
        ("Bearer .", "1000"),
        ("Basic c2FuZGJveA==", "1000"),
        ("Bearer a.b.c.d", "1000"),
        ("Bearer a.b.c", "1002"),
        ("Bearer W10.W10.W10", "1002"),
        (f"Bearer {NESTED}.W10.W10", "1002"),
        (f"Bearer {token(api_key='somebody')}", "1002"),
        (f"Bearer {token(algorithm='HS512')}", "1002"),
        (f"Bearer {token(exp='soon')}", "1002"),
        (f"Bearer {token(exp=round(time.time() * 1000) - 1000)}", "1003"),
        (f"Bearer {token(exp=round(time.time()) + 60)}", "1003"),
        (f"Bearer {token(secret='wrong')}", "1004"),
        (f"Bearer {token()[:-4]}AAAA", "1004"),
    ],
)
def test_wrong_keys_are_401_with_their_own_code(person: Person, authorization: str | None, code: str) -> None:
    assert asked_with(person, authorization) == (401, code)


def test_a_key_is_two_parts() -> None:
    assert Key.parse("a-1.b_2") == Key("a-1", "b_2")
    for wrong in ("", "a", "a.", ".b", "a.b.c", "a b.c", "ä.b"):
        with pytest.raises(ValueError, match=r"id\.secret"):
            Key.parse(wrong)


def test_models_are_listed_friendly_ones_first(person: Person) -> None:
    answer = person.http.get(f"{person.base}/models")
    listed = answer.json()

    assert listed["object"] == "list"
    assert tuple(item["id"] for item in listed["data"]) == SANDBOX_MODELS
    assert {item["object"] for item in listed["data"]} == {"model"}
    assert SANDBOX_MODELS[0] == "glm-5.3"
    assert "x-log-id" in answer.headers


def test_models_need_a_key(person: Person) -> None:
    answer = person.http.get(f"{person.base}/models", headers={"Authorization": ""})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "1001")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/paas/v4/embeddings"),
        ("POST", "/api/paas/v4/models"),
        ("GET", "/api/paas/v4/chat/completions"),
        ("GET", "/"),
        ("POST", "/_sandbox/gates//open"),
        ("GET", "/_sandbox/gates/a/b"),
    ],
)
def test_other_paths_are_404_in_glm_s_shape(person: Person, method: str, path: str) -> None:
    answer = person.http.request(method, person.address + path)

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "1222")


def test_strangers_do_not_learn_which_paths_there_are(person: Person) -> None:
    answer = person.http.get(f"{person.base}/embeddings", headers={"Authorization": ""})

    assert answer.status_code == 401


def test_an_unknown_scenario_model_is_refused_and_any_other_answered(person: Person) -> None:
    assert person.ask("sandbox-no-such").error == "1211"
    assert person.ask("sandbox-").error == "1211"
    assert person.ask("sandbox-rate-x-5").error == "1211"
    assert person.ask("no-such").status == 200


@pytest.mark.parametrize("prompt", ["[[no-such]] Hello", "[[]] Hello", "simulate no-such", "[[Wiki link]]"])
def test_an_unknown_name_in_a_prompt_is_just_words(person: Person, prompt: str) -> None:
    assert person.ask(prompt=prompt).status == 200


@pytest.mark.parametrize(
    "prompt",
    ["[[busy]]", "Hello [[ busy ]] there", "[[BUSY]]", "simulate busy", "Simulate: busy", "模拟：busy", "模拟 busy"],
)
def test_a_prompt_may_name_a_scenario(person: Person, prompt: str) -> None:
    assert person.ask("glm-4.7", prompt).error == "1302"


def test_names_may_be_written_with_underscores(person: Person) -> None:
    assert person.ask("sandbox-no_money").error == "1113"
    assert person.ask(prompt="[[no_money]]").error == "1113"


def test_only_the_last_user_message_names_a_scenario(person: Person) -> None:
    messages = [
        {"role": "user", "content": "[[busy]]"},
        {"role": "assistant", "content": "[[busy]]"},
        {"role": "user", "content": "Hello"},
    ]

    assert person.send({"model": "glm-4.7", "messages": messages}).status == 200


def test_options_mean_nothing_in_an_ordinary_prompt(person: Person) -> None:
    text = person.ask(prompt="wait:600 gate:closed rate:0.01").json["choices"][0]["message"]["content"]

    assert "wait:600 gate:closed rate:0.01" in text


def test_a_body_too_large_is_refused(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conversations.sandbox.asgi.BODY_LIMIT", 1000)
    answer = person.send(json.dumps(QUESTION).encode() + b" " * 1000)

    assert (answer.status, answer.error) == (413, "1210")
