"""When deltas may go: evenly in time, at full speed, or one by one through a gate that a test opens."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

USUAL_RATE = 60.0
_BURST = 16
_GATE_LIMIT = 1000


class Pace(Protocol):
    """Lets a reply through delta by delta."""

    async def allow(self, at_most: int) -> int:
        """Waits until a delta may go; returns how many may go in one write."""


class FullSpeed:
    """Never waits, but lets other requests have their turn."""

    async def allow(self, at_most: int) -> int:
        await asyncio.sleep(0)
        return min(at_most, _BURST)


class Steady:
    """`rate` deltas per second, the first at once; what a busy machine delayed goes together."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._passed = 0
        self._started_at = time.monotonic()

    async def allow(self, at_most: int) -> int:
        await asyncio.sleep(self._started_at + self._passed / self._rate - time.monotonic())
        # A timer may end a hair early, and then the delta it was for is due all the same.
        count = min(max(1, self._due()), at_most)
        self._passed += count
        return count

    def _due(self) -> int:
        elapsed = time.monotonic() - self._started_at
        return math.floor(elapsed * self._rate) + 1 - self._passed


class Gate:
    """Holds every delta until it was opened for it; opening may come before the request."""

    def __init__(self) -> None:
        self.permits = 0
        self.is_open = False
        self.passed_count = 0
        self.request_count = 0
        self.left_count = 0
        self.waiting_count = 0
        self._opened = asyncio.Event()

    def open(self, count: int | None = None) -> None:
        """Lets that many more deltas through, or all of them from now on."""
        self.permits += count or 0
        self.is_open = self.is_open or count is None
        self._opened.set()

    async def allow(self, at_most: int) -> int:
        await self._until_open()
        await asyncio.sleep(0)
        if self.is_open:
            count = min(at_most, _BURST)
        else:
            count = min(at_most, self.permits)
            self.permits -= count
        self.passed_count += count
        return count

    async def _until_open(self) -> None:
        self.waiting_count += 1
        try:
            while not (self.is_open or self.permits):
                self._opened.clear()
                await self._opened.wait()
        finally:
            self.waiting_count -= 1

    @contextmanager
    def attended(self) -> Iterator[None]:
        """Counts a request, and whether its client left before the end."""
        self.request_count += 1
        try:
            yield
        except asyncio.CancelledError:
            self.left_count += 1
            raise

    def state(self) -> dict[str, Any]:
        """For tests: `passed` deltas, `requests` that came, `waiting` now, `left` before their end."""
        return {
            "all": self.is_open,
            "deltas": self.permits,
            "passed": self.passed_count,
            "requests": self.request_count,
            "waiting": self.waiting_count,
            "left": self.left_count,
        }


class Gates:
    """Gates by id, made when first named; the oldest are forgotten beyond a thousand."""

    def __init__(self) -> None:
        self._gates: OrderedDict[str, Gate] = OrderedDict()

    def __getitem__(self, gate_id: str) -> Gate:
        gate = self._gates.setdefault(gate_id, Gate())
        self._gates.move_to_end(gate_id)
        if len(self._gates) > _GATE_LIMIT:
            self._gates.popitem(last=False)
        return gate


def pace_of(rate: float) -> Pace:
    """The pace for a rate in deltas per second, 0 for full speed."""
    return Steady(rate) if 0 < rate < math.inf else FullSpeed()
