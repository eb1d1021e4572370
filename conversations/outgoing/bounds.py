"""How much and how long, and the clock that counts."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from .errors import TookTooLong


@dataclass(frozen=True, slots=True)
class Bounds:
    """`most_bytes` of a body, counted after decompression. `seconds` for all of it, from the look-up of the name to the
    last byte; `connect` of them for a connection, `silence` between two pieces."""

    most_bytes: int
    seconds: float
    connect: float = 8.0
    silence: float = 60.0


class Deadline:
    """Time that only passes. A wait asks how long it may take, so that many short ones are not longer than one."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends = clock() + seconds

    def left(self, wished: float | None = None) -> float:
        """Seconds that a wait may take, at most `wished`. Raises TookTooLong when there are none."""
        left = self._ends - self._clock()
        if left <= 0:
            raise TookTooLong("no complete answer in time")
        return left if wished is None else min(left, wished)
