"""Starting `manage.py` as a copy, and what subprocess would know of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
NUMBER = 20  # of bytes


class Copy:
    """What subprocess.Popen is for others."""

    def __init__(self, told: socket.socket) -> None:
        self._told = told
        self.pid = int(told.recv(NUMBER))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self._told.settimeout(timeout)
            try:
                self.returncode = int(self._told.recv(NUMBER))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0) from None
            self._told.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(*arguments: str, environment: Mapping[str, str], output: IO[bytes]) -> Copy:
    """`manage.py` with these arguments; all that it says goes to one file."""
    with open(os.devnull) as nothing:
        return _copied(arguments, environment, (nothing, output, output))


def run(
    *arguments: str, environment: Mapping[str, str], said: str = "", seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    """A command from its beginning to its end; it is killed when it takes too long."""
    with ExitStack() as files:
        asked, answered, complained = (files.enter_context(TemporaryFile("w+", encoding="utf-8")) for _ in range(3))
        asked.write(said)
        asked.seek(0)
        copy = _copied(arguments, environment, (asked, answered, complained))
        try:
            status = copy.wait(seconds)
        except subprocess.TimeoutExpired:
            copy.kill()
            copy.wait()
            raise
        answered.seek(0)
        complained.seek(0)
        return subprocess.CompletedProcess(["manage.py", *arguments], status, answered.read(), complained.read())


def _copied(arguments: Sequence[str], environment: Mapping[str, str], standard: Sequence[IO[Any]]) -> Copy:
    message = json.dumps({"arguments": arguments, "environment": dict(environment)}).encode()
    told, telling = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with telling:
        socket.send_fds(_program(), [message], [file.fileno() for file in (*standard, telling)])
    return Copy(told)


@cache
def _program() -> socket.socket:
    """One for each process of the tests, from the first copy to the end."""
    asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with asked:
        command = [sys.executable, "-m", "tests.warm.program", str(asked.fileno())]
        _kept.append(subprocess.Popen(command, cwd=ROOT, pass_fds=[asked.fileno()], stdin=subprocess.DEVNULL))
    return asking


_kept: list[subprocess.Popen[bytes]] = []
