"""A GLM for jobs that counts what it is told: how often each order came, and how often each was asked for."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.served import answering
from tests.served.answering import Answering

MARK = re.compile(r"order-(\d+)")


class Later:
    """`seconds` is how long an answer takes to come over the wire, `polls` how often a job is still at work."""

    def __init__(self, seconds: float = 0.01, polls: int = 1) -> None:
        self.seconds, self.polls = seconds, polls
        self.orders: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.address = ""

    @property
    def step_count(self) -> int:
        return self.orders.total() + self.asked.total()

    def take(self, body: str) -> dict[str, Any]:
        found = MARK.search(body)
        assert found, body
        mark = found[1]
        with self._lock:
            self.orders[mark] += 1
        return {"id": f"task-{mark}", "task_status": "PROCESSING"}

    def tell(self, task: str) -> dict[str, Any]:
        with self._lock:
            self.asked[task] += 1
            is_done = self.asked[task] > self.polls
        if not is_done:
            return {"id": task, "task_status": "PROCESSING"}
        return {**whole(f"The answer to {task}."), "id": task, "task_status": "SUCCESS"}


def whole(text: str) -> dict[str, Any]:
    """A reply in one piece."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 5, "completion_tokens": 4}
    return {"id": "whole", "model": "glm", "choices": [choice], "usage": usage}


@contextmanager
def serving(glm: Later) -> Iterator[Later]:
    class Handler(Answering):
        def reply_to(self, body: str) -> dict[str, Any]:
            told = self._told(body)
            time.sleep(glm.seconds * random.uniform(0.5, 1.5))
            return told

        def _told(self, body: str) -> dict[str, Any]:
            if self.command == "GET":
                return glm.tell(self.path.rpartition("/")[2])
            return glm.take(body) if "/async/" in self.path else whole("A title")

    with answering.serving(Handler) as glm.address:
        yield glm
