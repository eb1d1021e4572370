"""Which engine this run of the tests is on. There are two: SQLite with everything in memory, PostgreSQL with Redis.

Most of the program does not know the difference, so the second run takes only what touches database, log, cache or
sockets, and what is about several processes. A test that needs the second is marked `stores`; one in a place that the
second run leaves out, but which it should take too, is marked `both`; one about SQLite itself is marked `sqlite`.
"""

from __future__ import annotations

import os

import pytest

DATABASE_URL = os.environ.get("CHATSITE_TEST_DATABASE_URL", "")
REDIS_URL = os.environ.get("CHATSITE_TEST_REDIS_URL", "")

# Here no engine is asked for anything, or the first run has said all there is to say ("upgrades": about both engines).
INDEPENDENT = (
    "chatsite",
    "clients",
    "conventions",
    "glm",
    "journeys",
    "management",
    "markdown",
    "sandbox",
    "served",
    "upgrades",
)


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
    place = item.path.relative_to(item.config.rootpath / "tests").parts[0]
    return place not in INDEPENDENT
