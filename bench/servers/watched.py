"""`manage.py` with a watch over its event loop: how late a timer of 5 ms is, at worst, and how late without the time in
which the kernel gave the core to somebody else. On SIGUSR1 it says so and begins anew.

What remains is the process's own: long callbacks, and threads that hold the interpreter.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import manage

PAUSE = 0.005  # seconds
WORDS = "longest lag of the loop:"
WAITED = Path("/proc/self/schedstat")  # of the main thread; the second number: nanoseconds of waiting for a core


class Watch:
    """Follows the loop that the process serves with."""

    def __init__(self) -> None:
        self.longest = self.longest_of_its_own = 0.0

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.add_signal_handler(signal.SIGUSR1, self._tell)
        self._look_after(loop)

    def _tell(self) -> None:
        words = f"{WORDS} {self.longest * 1000:.1f} ms, {self.longest_of_its_own * 1000:.1f} ms of its own"
        # What Twisted has put in the place of stdout keeps it to itself.
        print(words, file=sys.__stdout__, flush=True)
        self.longest = self.longest_of_its_own = 0.0

    def _look_after(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_at(due := loop.time() + PAUSE, self._look, loop, due, _waited())

    def _look(self, loop: asyncio.AbstractEventLoop, due: float, waited: float) -> None:
        lag = loop.time() - due
        self.longest = max(self.longest, lag)
        self.longest_of_its_own = max(self.longest_of_its_own, lag - (_waited() - waited))
        self._look_after(loop)


def _waited() -> float:
    return int(WAITED.read_text().split()[1]) / 1e9


def main() -> None:
    watch, run_forever = Watch(), asyncio.BaseEventLoop.run_forever

    def watched(loop: asyncio.BaseEventLoop) -> None:
        watch.begin(loop)
        run_forever(loop)

    asyncio.BaseEventLoop.run_forever = watched  # type: ignore[method-assign]
    manage.main()


if __name__ == "__main__":
    main()
