"""Waiting for something to become true, with a deadline instead of a guess."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

SECONDS = 20.0  # of patience with a machine that has other things to do
LOOK_EVERY = 0.005
LONGEST_PAUSE = 0.1  # a look may cost more than what is waited for


def eventually(condition: Callable[[], T], seconds: float = SECONDS) -> T:
    """The first true value of `condition`; fails the test when none came in `seconds`."""
    deadline, pause = time.monotonic() + seconds, LOOK_EVERY
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
        time.sleep(pause)
        pause = min(1.5 * pause, LONGEST_PAUSE)
    return value


async def eventually_async(condition: Callable[[], T], seconds: float = SECONDS) -> T:
    """The same from inside a running loop, which goes on meanwhile."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
        await asyncio.sleep(LOOK_EVERY)
    return value
