"""A copy is to those who start it what a process from the beginning would be."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.waiting import eventually
from tests.warm import copies

SAYS = "import os, sys; sys.stdout.write(sys.stdin.read() + os.environ['PLACE']); sys.stderr.write('!')"


@pytest.fixture
def environment(clean_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {
        **clean_environment,
        "CHATSITE_DATA_DIR": str(tmp_path / "data"),
        "PLACE": "Block B",
        "PYTHONUNBUFFERED": "1",
    }


def shell(program: str) -> tuple[str, ...]:
    return "shell", "--no-imports", "-c", program


def test_it_is_told_and_tells(environment: dict[str, str]) -> None:
    done = copies.run(*shell(SAYS), environment=environment, said="Heat of ")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Heat of Block B", "!")


def test_each_has_its_own_settings(environment: dict[str, str], tmp_path: Path) -> None:
    look = shell("from django.conf import settings; print(settings.CHATSITE_DATA_DIR)")
    folders = [str(tmp_path / name) for name in ("one", "two")]
    seen = [copies.run(*look, environment={**environment, "CHATSITE_DATA_DIR": each}).stdout for each in folders]
    assert seen == [f"{folder}\n" for folder in folders]


@pytest.mark.parametrize(
    ("program", "status"),
    [("raise SystemExit(3)", 3), ("1 / 0", 1), ("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL)],
)
def test_it_says_how_it_ended(environment: dict[str, str], program: str, status: int) -> None:
    done = copies.run(*shell(program), environment=environment)
    assert done.returncode == status
    assert ("ZeroDivisionError" in done.stderr) == (status == 1)


def test_what_takes_too_long_is_killed(environment: dict[str, str]) -> None:
    with pytest.raises(subprocess.TimeoutExpired) as late:
        copies.run(*shell("import time; time.sleep(600)"), environment=environment, seconds=0.2)
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(late.value.cmd).removeprefix("process ")), 0)


def test_it_hears_signals_and_is_heard_of_at_once(environment: dict[str, str], tmp_path: Path) -> None:
    said = tmp_path / "said"
    with said.open("wb") as output:
        copy = copies.start(
            *shell("import time; print('here'); time.sleep(600)"), environment=environment, output=output
        )
    eventually(lambda: "here" in said.read_text(), 60)
    assert copy.poll() is None
    copy.send_signal(signal.SIGTERM)
    assert copy.wait(60) == -signal.SIGTERM
    copy.kill()
    assert copy.poll() == -signal.SIGTERM
