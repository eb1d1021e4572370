"""The yardstick `servers.bare` and its viewers."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.process import Process
from bench.texts import wide
from bench.wire import Socket

from .viewer import Viewer

ENDED = b'{"ended": true}'


class BareViewer(Viewer):
    """A page that appends what each frame brings."""

    def __init__(self, socket: Socket) -> None:
        super().__init__()
        self._socket = socket
        socket.heard = self._heard

    async def ask(self, prompt: str) -> None:
        self._socket.send(prompt)

    def close(self) -> None:
        self._socket.close()

    def _heard(self, moment: float, message: bytes) -> None:
        if message == ENDED:
            self.end(moment)
        else:
            self.note(moment, self.held + wide(message))


class Bare:
    """Daphne with its defaults."""

    name = "bare Daphne"

    def __init__(self, base: str, folder: Path, core: int) -> None:
        command = [sys.executable, "-m", "bench.servers.bare", base]
        self.process: Process | None = Process(command, folder / "bare.log", core)
        self._port = self.process.port

    async def viewer(self, number: int) -> Viewer:
        socket = await Socket.open(self._port)
        await socket.shake_hands("/", {})
        return BareViewer(socket)

    def stop(self) -> None:
        if self.process:
            self.process.end()
