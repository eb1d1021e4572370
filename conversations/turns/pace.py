"""How often a reply is read from GLM's socket and shown: cost follows frames, not deltas.

Between two reads the kernel collects what GLM sends; one read then takes it all, and one frame shows it. A few replies
are shown at the interval that was set, a crowd of them half as often: nobody reads faster, and the same replies then
cost the same whether one process shows them or two that are half as full. When the event loop fills up nevertheless
the interval stretches, so that more deltas share a frame instead of queueing up.
"""

import asyncio
import time

from conversations.turn_log import crowding

MEASURED_EVERY = 0.25
STRETCHED_AT = 0.80
SHRUNK_BELOW = 0.65
LONGEST = 0.25


class Pace:
    """The interval of all replies of one event loop; used only on that loop's thread."""

    def __init__(self, interval: float) -> None:
        self.shortest = interval
        self.interval = interval
        self._wall = time.monotonic()
        self._work = time.thread_time()
        self._resting = 0

    async def rest(self) -> None:
        """Wait until it is time for the next read."""
        self._measure()
        self._resting += 1  # as nearly all replies do nearly all of the time, so this is how many there are
        try:
            await asyncio.sleep(self.until_next(self._resting))
        finally:
            self._resting -= 1

    def until_next(self, replies: int) -> float:
        """Seconds between two reads of each of so many replies."""
        return max(self.interval, self.shortest * crowding(replies))

    def _measure(self) -> None:
        wall = time.monotonic() - self._wall
        if wall < MEASURED_EVERY:
            return
        self.adapt((time.thread_time() - self._work) / wall)
        self._wall, self._work = time.monotonic(), time.thread_time()

    def adapt(self, load: float) -> None:
        """Fit the interval to the share of its time that the loop was at work, 0 to 1."""
        if load > STRETCHED_AT:
            self.interval = min(self.interval * 1.25, max(LONGEST, self.shortest))
        elif load < SHRUNK_BELOW:
            self.interval = max(self.interval * 0.9, self.shortest)
