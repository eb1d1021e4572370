"""The yardstick `servers.passthrough` and its viewers."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.process import Process
from bench.wire import Wire

from .direct import StreamViewer
from .viewer import Viewer


class PassThrough:
    """uvicorn with its own choice of loop and parser."""

    name = "pass-through"

    def __init__(self, base: str, folder: Path, core: int) -> None:
        command = [sys.executable, "-m", "bench.servers.passthrough", base]
        self.process: Process | None = Process(command, folder / "passthrough.log", core, r"running on \S+?:(\d+) ")
        self._port = self.process.port

    async def viewer(self, number: int) -> Viewer:
        return StreamViewer(await Wire.open(self._port), "/")

    def stop(self) -> None:
        if self.process:
            self.process.end()
