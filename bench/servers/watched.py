"""`manage.py` with a watch over its event loop: how late a timer of 5 ms is, at worst, and how late without the time in
which the kernel gave the core to somebody else. On SIGUSR1 it says so and begins anew.

What remains is the own part: callbacks at work, and waiting for the disk or for a thread that holds the interpreter.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

import manage

PAUSE = 0.005  # seconds
WORDS = "longest lag of the loop:"
# Of the main thread; the second number: nanoseconds of waiting for a core.
WAITED = os.open("/proc/self/schedstat", os.O_RDONLY | os.O_CLOEXEC)


class Watch:
    """Follows the loop that the process serves with."""

    def __init__(self) -> None:
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.longest = self.of_its_own = self.at_work = 0.0

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.add_signal_handler(signal.SIGUSR1, self._tell)
        self._look_after(loop)

    def _tell(self) -> None:
        longest, own, work = (f"{each * 1000:.1f} ms" for each in (self.longest, self.of_its_own, self.at_work))
        # What Twisted has put in the place of stdout keeps it to itself.
        print(f"{WORDS} {longest}, {own} of its own ({work} at work)", file=sys.__stdout__, flush=True)
        self._begin_anew()

    def _look_after(self, loop: asyncio.AbstractEventLoop) -> None:
        now, waited = _moment()
        loop.call_at(due := now + PAUSE, self._look, loop, due, waited, time.thread_time())

    def _look(self, loop: asyncio.AbstractEventLoop, due: float, waited: float, worked: float) -> None:
        now, waited_now = _moment()
        lag = now - due
        self.longest = max(self.longest, lag)
        own = lag - (waited_now - waited)
        if own > self.of_its_own:
            self.of_its_own, self.at_work = own, time.thread_time() - worked
        self._look_after(loop)


def _moment() -> tuple[float, float]:
    """The loop's time, and how long the thread had waited for a core by then: a wait between looking at the one and at
    the other would count as time of its own."""
    while True:
        before = _waited()
        now = time.monotonic()
        if before == (after := _waited()):
            return now, after


def _waited() -> float:
    return int(os.pread(WAITED, 100, 0).split()[1]) / 1e9


def main() -> None:
    watch, run_forever = Watch(), asyncio.BaseEventLoop.run_forever

    def watched(loop: asyncio.BaseEventLoop) -> None:
        watch.begin(loop)
        run_forever(loop)

    asyncio.BaseEventLoop.run_forever = watched  # type: ignore[method-assign]
    manage.main()


if __name__ == "__main__":
    main()
