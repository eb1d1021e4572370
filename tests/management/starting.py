"""`manage.py serve` as an operator starts it, with a data directory of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import eventually
from tests.warm import copies
from tests.warm.copies import ROOT as ROOT

SERVE = [sys.executable, "manage.py", "serve"]
LAST_LINE = "Ctrl-C ends it."
SECONDS = 60.0


@dataclass(frozen=True)
class Started:
    process: "subprocess.Popen[str]"
    said: str

    @property
    def address(self) -> str:
        return self.said.split("The chat is at ")[1].split("/\n")[0]

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in listed.split()]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[Started]:
    """A site that has said its last word of greeting; ended when the test is done."""
    with subprocess.Popen(SERVE, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Started(process, _greeting(process))
        finally:
            process.kill()


def _greeting(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.strip() == LAST_LINE:
            return said
    raise AssertionError(f"The site ended before it served: {said}")


def refused(environment: dict[str, str]) -> str:
    """The one sentence with which a start is refused."""
    done = subprocess.run(SERVE, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def manage(environment: dict[str, str], *arguments: str, said: str = "") -> "subprocess.CompletedProcess[str]":
    return copies.run(*arguments, environment=environment, said=said, seconds=SECONDS)


def ends(process_id: int) -> None:
    """Wait until a process that is not our child is gone."""
    eventually(lambda: not _lives(process_id), SECONDS)


def _lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
        return "\nState:\tZ" not in Path(f"/proc/{process_id}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
