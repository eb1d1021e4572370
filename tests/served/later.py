"""A GLM for jobs that counts what it is told: how often each order came, and how often each was asked for."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

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
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two writes; the second would wait for a late ACK, 40 ms

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = self.rfile.read(size)
            if len(body) < size:  # whoever sent it was killed: that is no order yet
                self.close_connection = True
                return
            self._answer(glm.take(body.decode()) if "/async/" in self.path else whole("A title"))

        def do_GET(self) -> None:
            self._answer(glm.tell(self.path.rpartition("/")[2]))

        def _answer(self, value: dict[str, Any]) -> None:
            time.sleep(glm.seconds * random.uniform(0.5, 1.5))
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, *_: Any) -> None:
            """Whoever asked was killed: that is what this is for."""

    server = Server(("127.0.0.1", 0), Handler)
    glm.address = f"http://127.0.0.1:{server.server_port}/api/paas/v4"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield glm
    finally:
        server.shutdown()
        server.server_close()
