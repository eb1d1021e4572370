"""A GLM that keeps knowledge, and falls silent when a test says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.served.answering import Answering, serving

OPEN = "/api/llm-application/open"
UNKNOWN = {"code": 1214, "message": "unknown"}


class Keeper:
    """`answers` is what it says to a method and the beginning of a path; while it `is_silent` it says nothing, and
    counts what it was asked."""

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[str] = []
        self.is_silent = threading.Event()
        self.made = 0
        self.is_forgetful = False

    def answer(self, method: str, path: str) -> dict[str, Any]:
        if method == "POST" and path == f"{OPEN}/knowledge":
            self.made += 1
            return self._good({"id": f"base-{self.made}"})
        if method == "POST":
            taken = [{"fileName": "notes.md", "documentId": "document-1"}]
            return self._good({"successInfos": taken, "failedInfos": []})
        return UNKNOWN if self.is_forgetful else self._good(None)

    def _good(self, data: Any) -> dict[str, Any]:
        return {"code": 200, "message": "ok", "data": data}


@contextmanager
def keeping() -> Iterator[Keeper]:
    glm, is_over = Keeper(), threading.Event()

    class Handler(Answering):
        def reply_to(self, body: str) -> dict[str, Any] | None:
            if not glm.is_silent.is_set():
                return glm.answer(self.command, self.path)
            glm.asked.append(f"{self.command} {self.path.removeprefix(OPEN)}")
            is_over.wait()
            return None

    with serving(Handler) as glm.address:
        try:
            yield glm
        finally:
            is_over.set()
