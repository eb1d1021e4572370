"""A server as a child process on a core of its own: started, looked at from outside, ended."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
SERVING = r"serving on (\d+)"
START_WITHIN = 60  # seconds
END_WITHIN = 20  # seconds


def cores() -> tuple[int, int]:
    """The core of the servers and the core of upstream and clients; the same one where there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


def memory_of(pid: int) -> float:
    """Proportional set size of a process in MB (10^6 bytes)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def times_of(pid: int) -> list[float]:
    """Seconds of processor time of a process: user, kernel, and those of its children that it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(field) / TICKS for field in fields[11:15]]


class Process:
    """`log` collects what the process writes; `ready` is a pattern in it whose group is the port."""

    def __init__(
        self, command: Sequence[str], log: Path, core: int, ready: str = SERVING, env: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        self.began = time.monotonic()
        with log.open("wb") as file:
            self._child = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: os.sched_setaffinity(0, {core}),
            )
        self.pid = self._child.pid
        self.port = int(self._wait_for(ready))
        self.start_seconds = time.monotonic() - self.began

    def cpu(self) -> float:
        """Seconds of processor time used so far, in user and kernel, by all its threads."""
        return sum(times_of(self.pid)[:2])

    def cpu_of_all(self) -> float:
        """The same with its children, those that have ended too."""
        return sum(sum(times_of(pid)) for pid in (self.pid, *self.children()))

    def memory(self) -> float:
        """Proportional set size in MB (10^6 bytes)."""
        return memory_of(self.pid)

    def children(self) -> list[int]:
        """Processes that it has started."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]

    def said(self, words: str) -> int:
        """How often the log contains `words`."""
        return self.log.read_text("utf-8", "replace").count(words)

    def asked(self, words: str) -> str:
        """What the process writes behind `words` when it gets SIGUSR1."""
        before = self.said(words)
        self._child.send_signal(signal.SIGUSR1)
        for _ in range(500):
            if self.said(words) > before:
                return self.log.read_text("utf-8", "replace").rpartition(words)[2].partition("\n")[0].strip()
            time.sleep(0.02)
        raise RuntimeError("the server did not say")

    def end(self) -> None:
        self._child.send_signal(signal.SIGTERM)
        if self._child.stdin:
            self._child.stdin.close()
        try:
            self._child.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _wait_for(self, ready: str) -> str:
        while time.monotonic() - self.began < START_WITHIN:
            text = self.log.read_text("utf-8", "replace")
            if found := re.search(ready, text):
                return found[1]
            if self._child.poll() is not None:
                raise RuntimeError(f"the server ended at its start:\n{text[-2000:]}")
            time.sleep(0.02)
        self.end()
        raise RuntimeError(f"the server did not start in {START_WITHIN} s:\n{text[-2000:]}")
