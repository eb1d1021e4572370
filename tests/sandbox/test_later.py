"""Chat that the sandbox answers later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from conversations.sandbox.auth import DEFAULT_KEY, Key
from conversations.sandbox.state import State
from conversations.sandbox.tasks import Task, read
from tests.sandbox.serving import serving

HEADERS = {"Authorization": "Bearer sandbox.sandbox", "Accept-Language": "en"}
BASE = "/api/paas/v4"


class Orderer:
    """Somebody who orders from a sandbox."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address + BASE, headers=HEADERS, timeout=20, trust_env=False, verify=False)

    def __enter__(self) -> Orderer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.http.close()

    def order(self, model: str = "sandbox-plain", prompt: str = "Hello", **fields: Any) -> httpx.Response:
        body = {"model": model, "messages": [{"role": "user", "content": prompt}], **fields}
        return self.http.post("/async/chat/completions", json=body)

    def result(self, task_id: str) -> httpx.Response:
        return self.http.get(f"/async-result/{task_id}")

    def told(self, model: str = "sandbox-plain", prompt: str = "Hello") -> Any:
        return self.result(self.order(model, prompt).json()["id"]).json()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def orderer(address: str) -> Iterator[Orderer]:
    with Orderer(address) as found:
        yield found


def test_an_order_gets_a_receipt(orderer: Orderer) -> None:
    receipt = orderer.order(request_id="request-1").json()
    assert receipt == {
        "id": receipt["id"],
        "request_id": "request-1",
        "model": "sandbox-plain",
        "task_status": "PROCESSING",
    }
    assert len(receipt["id"]) <= 250


def test_it_is_at_work_for_a_while(orderer: Orderer) -> None:
    told = orderer.told(prompt="Hello [[plain]] wait:300")
    assert (told["task_status"], told["model"]) == ("PROCESSING", None)


def test_it_answers_as_without_a_stream(orderer: Orderer) -> None:
    told = orderer.told("sandbox-reasoning", "What is 6 × 7?")
    message = told["choices"][0]["message"]
    assert told["task_status"] == "SUCCESS"
    assert "42" in message["content"]
    assert message["reasoning_content"]
    assert told["usage"]["completion_tokens"] > 0


def test_a_gate_holds_it(orderer: Orderer, address: str) -> None:
    task = orderer.order("sandbox-gated", "gate:later-1").json()["id"]
    assert orderer.result(task).json()["task_status"] == "PROCESSING"
    httpx.post(f"{address}/_sandbox/gates/later-1/open", json={"all": True})
    assert orderer.result(task).json()["task_status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("later-fail", {}),
        ("later-fail-error", {"error": {"code": "1234", "message": "生成失败（模拟）"}}),
        ("later-fail-message", {"message": "生成失败（模拟）"}),
        ("later-fail-words", {"error": "生成失败（模拟）"}),
    ],
)
def test_it_fails_in_the_shapes_that_were_met(name: str, more: dict[str, Any], orderer: Orderer) -> None:
    told = orderer.told(f"sandbox-{name}")
    assert told == {**more, "id": told["id"], "request_id": told["id"], "model": None, "task_status": "FAIL"}


def test_what_is_judged_fails_with_the_judgement(orderer: Orderer) -> None:
    told = orderer.told("sandbox-later-fail-blocked")
    assert (told["error"]["code"], told["contentFilter"][0]["role"]) == ("1301", "assistant")


def test_it_may_never_end_or_say_odd_things(orderer: Orderer) -> None:
    assert orderer.told("sandbox-later-never")["task_status"] == "PROCESSING"
    assert orderer.told("sandbox-later-slow")["task_status"] == "PROCESSING"
    assert orderer.told("sandbox-later-odd-state", "wait:300 [[later-odd-state]]")["task_status"] == "QUEUEING"


def test_what_is_refused_at_once_gets_no_receipt(orderer: Orderer) -> None:
    for model, status, code in (("sandbox-busy", 429, "1302"), ("sandbox-blocked", 400, "1301")):
        answer = orderer.order(model)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert orderer.order("sandbox-html-502").status_code == 502


def test_an_error_inside_a_reply_is_a_failure(orderer: Orderer) -> None:
    told = orderer.told("sandbox-error-midstream")
    assert (told["task_status"], told["error"]["code"]) == ("FAIL", "1234")


def test_flagged_text_comes_with_its_finish(orderer: Orderer) -> None:
    told = orderer.told("sandbox-sensitive-output")
    assert (told["task_status"], told["choices"][0]["finish_reason"]) == ("SUCCESS", "sensitive")


def test_any_sandbox_of_the_same_key_answers_for_a_task(orderer: Orderer) -> None:
    task = orderer.order("glm-4.7", "What is 6 × 7?").json()["id"]
    with serving(State(usual_rate=0)) as address, Orderer(address) as other:
        assert "42" in str(other.result(task).json()["choices"])
    with serving(State(key=Key("other", "secret"), usual_rate=0)) as address, Orderer(address) as stranger:
        assert stranger.result(task).json()["error"]["code"] == "1214"


def test_a_made_up_task_is_not_found(orderer: Orderer) -> None:
    for name in ("4769169632276089-8374382001389435212", "x", "-", "a-b"):
        answer = orderer.result(name)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "1214")


@pytest.mark.parametrize("prompt", ["", "Hi", "一" * 4000, "\x00\ud83d" * 50, "x" * 100_000])
def test_the_name_of_a_task_is_short_and_says_what_it_is(prompt: str) -> None:
    task = Task("chat", 1_795_140_902.5, 6.0, "glm-4.7-flash", prompt.encode("utf-8", "replace").decode(), "r" * 36)
    name = task.id(DEFAULT_KEY)
    found = read(name, DEFAULT_KEY)
    assert len(name) <= 250
    assert found is not None
    assert (found.model, found.accepted_at, found.seconds) == (task.model, task.accepted_at, 6.0)
    assert task.prompt.startswith(found.prompt)
