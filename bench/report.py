"""The table on the terminal and the page docs/performance.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from .process import ROOT
from .stage import Row
from .systems import Bare, Direct, PassThrough, Product

PAGE = ROOT / "docs" / "performance.md"
COLUMNS = (Product.name, Direct.name, PassThrough.name, Bare.name)
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, one column a system."""
    head = ["figure", "reach", *COLUMNS]
    lines = [head, ["---"] * len(head), *(_cells(row) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def write(rows: Sequence[Row], *, mode: str) -> None:
    """Put the table, with machine and date, between the two marks of the page; what is written around it stays."""
    measured = f"{BEGIN}\n{machine(mode)}\n\n{table(rows)}\n{END}"
    page = PAGE.read_text("utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda _: measured, page), "utf-8")


def machine(mode: str) -> str:
    """Where and when this was measured, in one line."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    parts = [
        f"{today}, {mode} run of commit {_commit()}",
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB",
        f"{platform.system()} {platform.release().partition('-')[0]}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        f"load average at the end {os.getloadavg()[0]:.1f}, a million empty loops in {_loops():.2f} s",
    ]
    return "; ".join(parts) + "."


def _cells(row: Row) -> list[str]:
    return [row.figure, row.reach, *(row.values.get(name, "–") for name in COLUMNS)]


def _loops() -> float:
    """Seconds for a fixed piece of Python: tells a slow or busy machine from a slow program."""
    began = time.monotonic()
    for _ in range(1_000_000):
        pass
    return time.monotonic() - began


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()
