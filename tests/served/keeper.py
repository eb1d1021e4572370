"""A GLM that keeps knowledge, and falls silent when a test says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

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

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer()

        def do_DELETE(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            if glm.is_silent.is_set():
                glm.asked.append(f"{self.command} {self.path.removeprefix(OPEN)}")
                is_over.wait()
                return
            body = json.dumps(glm.answer(self.command, self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Whoever asked was killed: that is what this is for."""

    server = Server(("127.0.0.1", 0), Handler)
    glm.address = f"http://127.0.0.1:{server.server_port}/api/paas/v4"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield glm
    finally:
        is_over.set()
        server.shutdown()
        server.server_close()
