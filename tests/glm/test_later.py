"""What GLM says of work that it finishes later, and the shell that asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from conversations.glm import (
    AnswerError,
    BlockingClient,
    ConnectionFailed,
    ConnectionLost,
    ContentRefused,
    Finish,
    GlmError,
    Kind,
    Limits,
    ProtocolError,
    TaskState,
    TimedOut,
    TooLarge,
)
from conversations.glm.later import accepted, told

BASE, KEY = "https://glm.test/api/paas/v4", "id.a-long-secret"
REPLY = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi.", "tool_calls": None}}


def body(**value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def ask(text: str, status: int = 200) -> Any:
    return told(text, status, "t-1", Limits())


class TestAReceipt:
    def test_names_the_task(self) -> None:
        task = accepted(body(id="4769-83", request_id="r", model="glm-4-plus", task_status="PROCESSING"), 200)
        assert (task.id, task.state, task.model) == ("4769-83", TaskState.PROCESSING, "glm-4-plus")

    def test_may_name_it_by_a_number(self) -> None:
        assert accepted(body(id=4769, task_status="PROCESSING"), 200).id == "4769"

    @pytest.mark.parametrize("text", ["", "<html>", "[]", body(task_status="PROCESSING"), body(id=None), body(id="")])
    def test_without_a_name_is_none(self, text: str) -> None:
        with pytest.raises(ProtocolError):
            accepted(text, 200)

    @pytest.mark.parametrize("text", [body(error={"code": "1302"}), body(id="t", task_status="FAIL")])
    def test_may_be_a_refusal(self, text: str) -> None:
        with pytest.raises(AnswerError):
            accepted(text, 200)


class TestATask:
    def test_is_at_work(self) -> None:
        task = ask(body(id="t-1", model=None, task_status="PROCESSING", video_result=None))
        assert (task.state, task.reply, task.failure) == (TaskState.PROCESSING, None, None)

    @pytest.mark.parametrize("state", ["FAILED", "QUEUEING", "processing", None, 7])
    def test_is_at_work_in_any_state_that_nobody_documents(self, state: object) -> None:
        assert ask(body(id="t-1", task_status=state)).state is TaskState.PROCESSING

    def test_is_done(self) -> None:
        usage = {"prompt_tokens": 5, "completion_tokens": 2}
        task = ask(body(id="t-1", model="glm-5", task_status="SUCCESS", choices=[REPLY], usage=usage))
        assert task.reply is not None
        assert (task.reply.text, task.reply.finish, task.reply.usage.prompt) == ("Hi.", Finish.STOP, 5)

    def test_is_done_when_it_brings_a_reply_and_forgets_its_state(self) -> None:
        task = ask(body(choices=[REPLY]))
        assert (task.id, task.state) == ("t-1", TaskState.SUCCESS)

    def test_keeps_the_name_we_know_where_the_answer_has_none(self) -> None:
        assert ask(body(id=None, task_status="SUCCESS", video_result=[{"url": "x"}])).id == "t-1"

    @pytest.mark.parametrize(
        ("shape", "code", "kind"),
        [
            ({}, None, Kind.DISTURBED),
            ({"error": {"code": "1234", "message": "no"}}, "1234", Kind.DISTURBED),
            ({"error": {"code": 1301}}, "1301", Kind.REFUSED),
            ({"error": "no"}, None, Kind.DISTURBED),
            ({"message": "no"}, None, Kind.DISTURBED),
            ({"message": "no", "code": "1261"}, "1261", Kind.TOO_LONG),
            ({"error": None}, None, Kind.DISTURBED),
        ],
    )
    def test_has_failed_in_any_shape(self, shape: dict[str, Any], code: str | None, kind: Kind) -> None:
        task = ask(body(id="t-1", model=None, task_status="FAIL", **shape))
        assert task.failure is not None
        assert (task.state, task.failure.code, task.failure.kind) == (TaskState.FAIL, code, kind)

    def test_that_was_judged_says_which_side(self) -> None:
        levels = [{"role": "assistant", "level": 1}]
        task = ask(body(task_status="FAIL", error={"code": "1301"}, contentFilter=levels))
        assert isinstance(task.failure, ContentRefused)
        assert [each.role for each in task.failure.content_filter] == ["assistant"]

    @pytest.mark.parametrize("text", ["", "<html>", "null", body(id="t-1"), body(choices="x")[:5]])
    def test_that_the_answer_does_not_tell_of_is_no_failure_of_it(self, text: str) -> None:
        with pytest.raises(ProtocolError):
            ask(text)

    def test_may_be_unknown_to_the_server(self) -> None:
        with pytest.raises(AnswerError) as caught:
            ask(body(error={"code": "1214", "message": "id"}))
        assert caught.value.code == "1214"


Respond = Callable[[httpx.Request], httpx.Response]


def client(respond: Respond, **kwargs: Any) -> BlockingClient:
    return BlockingClient(BASE, KEY, transport=httpx.MockTransport(respond), **kwargs)


class TestTheShell:
    def test_hands_over_and_asks(self) -> None:
        seen: list[httpx.Request] = []

        def respond(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            state = "PROCESSING" if request.method == "POST" else "SUCCESS"
            return httpx.Response(200, json={"id": "a/b", "task_status": state}, headers={"x-log-id": "log-1"})

        with client(respond) as glm:
            task = glm.submit("async/chat/completions", b"{}", "request-1", "en-US,en")
            assert (task.id, task.log_id) == ("a/b", "log-1")
            assert glm.result(task.id).state is TaskState.SUCCESS
        assert [str(each.url) for each in seen] == [f"{BASE}/async/chat/completions", f"{BASE}/async-result/a%2Fb"]
        assert (seen[0].headers["authorization"], seen[0].headers["accept-language"]) == (f"Bearer {KEY}", "en-US,en")

    def test_says_where_an_error_was_and_not_the_key(self) -> None:
        answer = {"error": {"code": "1302", "message": f"no, {KEY}"}}
        with (
            client(lambda request: httpx.Response(429, json=answer, headers={"x-log-id": "log-2"})) as glm,
            pytest.raises(AnswerError) as caught,
        ):
            glm.submit("x", b"{}", "request-2")
        error = caught.value
        assert (error.code, error.http_status, error.log_id, error.request_id) == ("1302", 429, "log-2", "request-2")
        assert "a-long-secret" not in error.raw

    @pytest.mark.parametrize(
        ("failure", "kind", "is_not_taken"),
        [
            (httpx.ConnectError("x"), ConnectionFailed, True),
            (httpx.PoolTimeout("x"), ConnectionFailed, True),
            (httpx.ReadTimeout("x"), TimedOut, False),
            (httpx.ReadError("x"), ConnectionLost, False),
        ],
    )
    def test_knows_what_has_surely_not_arrived(
        self, failure: Exception, kind: type[GlmError], is_not_taken: bool
    ) -> None:
        def respond(request: httpx.Request) -> httpx.Response:
            raise failure

        with client(respond) as glm, pytest.raises(kind) as caught:
            glm.submit("x", b"{}", "request-3")
        assert caught.value.is_surely_not_taken is is_not_taken

    def test_reads_no_more_than_it_may(self) -> None:
        def pieces() -> Iterator[bytes]:
            while True:
                yield b" " * 1000

        with (
            client(lambda request: httpx.Response(200, content=pieces()), limits=Limits(total=10_000)) as glm,
            pytest.raises(TooLarge),
        ):
            glm.result("t-1")

    def test_cuts_off_a_page_of_an_error(self) -> None:
        with (
            client(lambda request: httpx.Response(502, html="x" * 500_000)) as glm,
            pytest.raises(ProtocolError) as caught,
        ):
            glm.result("t-1")
        assert len(caught.value.raw) == Limits().error_body
