"""The official clients, each in a pinned environment of its own that uv makes on demand.

They cannot live in ours: they exclude each other by PyJWT and hold our other packages back.
"""

import functools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from uv import find_uv_bin

SECONDS = 180


@dataclass(frozen=True, slots=True)
class Environment:
    """`driver` is a script beside this file, with its arguments; it prints what the client saw as JSON."""

    driver: tuple[str, ...]
    requirements: tuple[str, ...]

    def drive(self, address: str) -> dict[str, Any]:
        """What the client saw; skips the test when the environment cannot be made, unless all must run."""
        problem = _problem(self.requirements)
        if problem:
            _leave_out(problem)
        script, *arguments = self.driver
        found = _run(self.requirements, str(Path(__file__).parent / script), f"{address}/api/paas/v4", *arguments)
        assert found.returncode == 0, found.stderr
        seen = json.loads(found.stdout)
        assert isinstance(seen, dict)
        return seen


@functools.cache
def _problem(requirements: tuple[str, ...]) -> str | None:
    """Why there is no environment with these requirements; found out once, as it may take a time-out."""
    try:
        made = _run(requirements, "-c", "")
    except subprocess.TimeoutExpired:
        return f"no environment for {requirements[0]} within {SECONDS} s"
    return f"no environment for {requirements[0]}: {made.stderr.strip()[-300:]}" if made.returncode else None


def _run(requirements: tuple[str, ...], *arguments: str) -> subprocess.CompletedProcess[str]:
    wanted = [option for item in requirements for option in ("--with", item)]
    return subprocess.run(
        [
            *(find_uv_bin(), "run", "--isolated", "--no-project", "--python", sys.executable),
            *wanted,
            *("--", "python", *arguments),
        ],
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def _environment() -> dict[str, str]:
    """Ours without what the clients would read: keys, bases, proxies for the loopback address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZHIPU", "ZAI_", "OPENAI_"))}
    return {**kept, "NO_PROXY": "127.0.0.1", "UV_PYTHON_DOWNLOADS": "never"}


def _leave_out(reason: str) -> None:
    if os.environ.get("CHATSITE_TEST_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)
