"""What all clients share: they ask once, note when text arrives, and know when the reply is over."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from typing import Protocol

from bench.load import Shape, key_of
from bench.process import Process

PATIENCE = 40  # seconds on top of what a reply takes at its own pace


class Viewer(ABC):
    """One person in front of one reply at a time; the connections stay open between replies."""

    shape: Shape
    key: str
    asked_at: float
    ended_at: float

    def __init__(self) -> None:
        self.held = 0
        self.arrived: list[tuple[float, int]] = []
        self.trouble = ""

    async def reply(self, shape: Shape) -> None:
        """Ask for a reply and see it to its end; what goes wrong is noted in `trouble`."""
        self.shape, self.held, self.arrived, self.trouble, self.ended_at = shape, 0, [], "", 0.0
        self._over = asyncio.get_running_loop().create_future()
        prompt = shape.prompt()
        self.key = key_of(prompt)
        self.asked_at = time.monotonic()
        try:
            async with asyncio.timeout(shape.seconds + PATIENCE):
                await self.ask(prompt)
                await self._over
        except (TimeoutError, ConnectionError) as error:
            self.trouble = self.trouble or str(error) or "not complete in time"
        if not self.trouble and self.held != shape.reach[-1]:
            self.trouble = f"{self.held} characters instead of {shape.reach[-1]}"

    @property
    def first_words(self) -> float:
        """Seconds from the click to the first text."""
        return self.arrived[0][0] - self.asked_at

    @property
    def whole_reply(self) -> float:
        """Seconds from the click to the end of the reply."""
        return self.ended_at - self.asked_at

    @abstractmethod
    async def ask(self, prompt: str) -> None:
        """Send the question; a refusal is a ConnectionError."""

    @abstractmethod
    def close(self) -> None:
        """Leave."""

    def idle(self) -> None:  # noqa: B027
        """Keep only the connections that an idle page keeps."""

    def note(self, moment: float, held: int) -> None:
        if held != self.held:
            self.held = held
            self.arrived.append((moment, held))

    def end(self, moment: float, trouble: str = "") -> None:
        self.ended_at, self.trouble = moment, trouble
        if not self._over.done():
            self._over.set_result(None)


class System(Protocol):
    """A way from the upstream to a viewer."""

    name: str
    process: Process | None

    async def viewer(self, number: int) -> Viewer:
        """A new viewer, connected and ready to ask; viewers with different numbers are different people."""

    def stop(self) -> None:
        """End the server."""
