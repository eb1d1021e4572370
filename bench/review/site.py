"""A site of rows in a folder of its own, for what is measured inside the process."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import django
from django.core.management import call_command


@contextmanager
def rows() -> Iterator[None]:
    """Django, set up on an empty SQLite database, or on the empty one that DATABASE_URL names."""
    with TemporaryDirectory(prefix="chatsite-bench-") as folder:
        os.environ |= {"CHATSITE_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "chatsite.settings"}
        django.setup()
        call_command("migrate", verbosity=0)
        yield


def median(work: Callable[[], Any], times: int = 15) -> float:
    """Seconds of one go, in the middle of several."""
    return statistics.median(timed(work) for _ in range(times))


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
