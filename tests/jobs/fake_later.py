"""A GLM for jobs that does what a test wrote down, at the one seam that tests replace: the blocking client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from conversations.glm import BlockingClient, Timeouts

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def receipt(task_id: str = "task-1", **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"id": task_id, "model": "glm", "task_status": "PROCESSING", **more})


def working(**more: Any) -> httpx.Response:
    return httpx.Response(200, json={"id": "task-1", "model": None, "task_status": "PROCESSING", **more})


def done(text: str = "An answer.", finish: str = "stop", **more: Any) -> httpx.Response:
    message = {"role": "assistant", "content": text, **more.pop("message", {})}
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    body = {"id": "task-1", "model": "glm-answering", "task_status": "SUCCESS", "usage": usage, **more}
    return httpx.Response(200, json={**body, "choices": [{"index": 0, "finish_reason": finish, "message": message}]})


def failed(**more: Any) -> httpx.Response:
    return httpx.Response(200, json={"id": "task-1", "task_status": "FAIL", **more})


def error(code: str, status: int = 400, **more: Any) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": "no"}, **more})


def page(status: int = 502) -> httpx.Response:
    return httpx.Response(status, html="<html><h1>Bad gateway</h1></html>")


class FakeLater:
    """Answers each request with the next of its answers; `orders` are the bodies that came, `asked` the ids."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.orders: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.client = BlockingClient(
            "http://glm.test/api/paas/v4", "id.secret", transport=httpx.MockTransport(self._answer), timeouts=Timeouts()
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.orders.append({"path": request.url.path, **json.loads(request.content)})
        else:
            self.asked.append(request.url.raw_path.decode().rpartition("/")[2])
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer
