"""When the next step of a job is due: pure, so that every schedule can be tested without waiting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

JITTER = 0.2  # of a pause, so that jobs of one moment do not come round together
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0  # seconds after something went wrong


def poll_pause(schedule: Sequence[float], poll_count: int, random: Callable[[], float]) -> dt.timedelta:
    """The pause after so many answers; the last of the schedule goes on."""
    return _jittered(schedule[min(poll_count, len(schedule) - 1)], random)


def trouble_pause(failure_count: int, random: Callable[[], float]) -> dt.timedelta:
    """The pause after so many failures in a row: doubling, up to a minute."""
    return _jittered(min(FIRST_PAUSE * 2.0 ** min(failure_count, 10), LONGEST_PAUSE), random)


def _jittered(seconds: float, random: Callable[[], float]) -> dt.timedelta:
    return dt.timedelta(seconds=seconds * (1 + JITTER * (random() - 0.5)))
