"""Which engine this run of the tests is on. There are two: SQLite with everything in memory, PostgreSQL with Redis.

Most of the program does not know the difference, so the second run takes only what touches database, log, cache or
sockets, and what is about several processes. A test that needs the second is marked `stores`; one in a place that the
second run leaves out, but which it should take too, is marked `both`; one about SQLite itself is marked `sqlite`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DATABASE_URL = os.environ.get("CHATSITE_TEST_DATABASE_URL", "")
REDIS_URL = os.environ.get("CHATSITE_TEST_REDIS_URL", "")

# Here no engine is asked for anything, or the first run has said all there is to say ("upgrades": about both engines).
INDEPENDENT = (
    "chatsite",
    "clients",
    "conventions",
    "families",
    "glm",
    "http_tools",
    "imaging",
    "journeys",
    "management",
    "markdown",
    "outgoing",
    "sandbox",
    "served",
    "test_chat_script.py",
    "upgrades",
    "words",
)
TESTS = Path(__file__).parent


def is_second_run() -> bool:
    return bool(DATABASE_URL)


def belongs_here(item: pytest.Item) -> bool:
    """Whether this run takes the test."""
    if item.get_closest_marker("stores"):
        return is_second_run()
    if not is_second_run() or item.get_closest_marker("both"):
        return True
    if item.get_closest_marker("sqlite"):
        return False
    return not _is_independent(item.path)


def may_hold_tests(path: Path) -> bool:
    """Whether it is worth while to read a file for this run: to read all and leave out half takes seconds."""
    if not is_second_run() or path.suffix != ".py" or not _is_independent(path):
        return True
    return any(f"mark.{name}" in path.read_text(encoding="utf-8") for name in ("stores", "both"))


def _is_independent(path: Path) -> bool:
    return path.relative_to(TESTS).parts[0] in INDEPENDENT
