"""A server of JSON that tests put in the place of GLM."""

from __future__ import annotations

import json
import threading
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Answering(BaseHTTPRequestHandler):
    """Keeps its connections, as GLM does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes; the second would wait for a late ACK, 40 ms

    @abstractmethod
    def reply_to(self, body: str) -> dict[str, Any] | None:
        """The answer to the request at hand; None for none at all."""

    def do_GET(self) -> None:
        self._answer("")

    def do_DELETE(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        body = self.rfile.read(size)
        if len(body) < size:  # whoever sent it was killed: that is no request yet
            self.close_connection = True
            return
        self._answer(body.decode(errors="replace"))

    def _answer(self, body: str) -> None:
        value = self.reply_to(body)
        if value is None:
            return
        told = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: Any) -> None:
        """Whoever asked was killed: that is what this is for."""


@contextmanager
def serving(handler: type[Answering]) -> Iterator[str]:
    """The address that a site asks it by, for as long as it is entered."""
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/paas/v4"
    finally:
        server.shutdown()
        server.server_close()
