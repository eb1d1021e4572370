"""The process that looks at upgraded sites, see look.py."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.served.site import ROOT

# What became of a site: by its data directory and, on PostgreSQL, the address of its database.
Look = Callable[[Path, str], dict[str, Any]]


@contextmanager
def looking(environment: Mapping[str, str]) -> Iterator[Look]:
    """For sites on the engine that `environment` names, all on one server."""
    command = [sys.executable, "-m", "tests.upgrades.look"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as process:

        def look(data: Path, url: str = "") -> dict[str, Any]:
            process.stdin.write(json.dumps([str(data), urlsplit(url).path.removeprefix("/")]) + "\n")
            process.stdin.flush()
            found: dict[str, Any] = json.loads(process.stdout.readline())
            return found

        yield look
