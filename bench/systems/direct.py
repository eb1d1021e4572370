"""Yardstick: the client reads the upstream's stream itself."""

from __future__ import annotations

import json

from bench.process import Process
from bench.texts import wide
from bench.wire import Wire, request

from .viewer import Viewer

END = b"0\r\n\r\n"
JSON = {"Content-Type": "application/json"}


class StreamViewer(Viewer):
    """Reads server-sent events over a kept connection."""

    def __init__(self, wire: Wire, path: str) -> None:
        super().__init__()
        self._wire, self._path = wire, path
        self._last = b""

    async def ask(self, prompt: str) -> None:
        body = {"model": "bench", "stream": True, "messages": [{"role": "user", "content": prompt}]}
        self._last = b""
        self._wire.heard = self._heard
        self._wire.transport.write(request("POST", self._path, JSON, json.dumps(body).encode()))

    def close(self) -> None:
        self._wire.close()

    def _heard(self, moment: float, data: bytes) -> None:
        self.note(moment, self.held + wide(data))
        self._last = (self._last + data)[-len(END) :]
        if self._last == END:
            self.end(moment)


class Direct:
    """No server between."""

    name = "direct"
    process: Process | None = None

    def __init__(self, upstream_port: int) -> None:
        self._port = upstream_port

    async def viewer(self, number: int) -> Viewer:
        return StreamViewer(await Wire.open(self._port), "/api/paas/v4/chat/completions")

    def stop(self) -> None:
        """Nothing was started."""
