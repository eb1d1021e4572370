"""What a worker says of itself, for those who restart what is ill: `/healthz` and `/readyz`, in a thread."""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any

import structlog

from conversations.jobs import dispatch
from conversations.readiness import FINE, SILENT, look_at_database

logger = structlog.get_logger(__name__)

LONGEST_SILENCE = 30.0  # seconds without a tick after which nobody gives workers anything to do


def report() -> dict[str, str]:
    """A phrase for each part that must be there."""
    return look_at_database() | _ticks()


def _ticks() -> dict[str, str]:
    redis_link: Any = import_module("conversations.redis_link")
    try:
        silence = dispatch.seconds_since_tick()
    except redis_link.AWAY:
        return {"redis": SILENT}
    is_ticking = silence is not None and silence <= LONGEST_SILENCE
    told = f"none for {round(silence)} s" if silence is not None else "none for an hour"
    return {"redis": FINE, "tick": FINE if is_ticking else told}


class _Handler(BaseHTTPRequestHandler):
    server_version, sys_version = "chatsite", ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/healthz":
                self._answer(HTTPStatus.OK, {"process": FINE})
            case "/readyz":
                told = report()
                is_ready = all(phrase == FINE for phrase in told.values())
                self._answer(HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE, told)
            case _:
                self._answer(HTTPStatus.NOT_FOUND, {})

    def _answer(self, status: HTTPStatus, told: dict[str, str]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        logger.debug("asked for health", line=format % args)


def serve_health(host: str, port: int) -> ThreadingHTTPServer:
    """Answer at that address from now on."""
    server = ThreadingHTTPServer((host, port), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="chatsite-health", daemon=True).start()
    return server
