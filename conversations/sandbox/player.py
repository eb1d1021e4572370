"""What both players share: refusing, pages, silence, and who sets the pace."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator

from .asgi import Call
from .asked import Asked
from .pace import Gate, Pace, pace_of
from .steps import Page, Refuse, Step, Wait
from .wire import Identity


class Player(ABC):
    """Sends a scenario's steps over one connection, in order; subclasses know the form of a 200."""

    def __init__(self, call: Call, asked: Asked, usual_rate: float, gate: Gate | None) -> None:
        self.call = call
        self.asked = asked
        self.identity = Identity.fresh(asked.model)
        self.is_over = False
        self._usual_rate = usual_rate
        self.gate = gate

    async def play(self, steps: Iterator[Step]) -> None:
        """All steps up to the one that ends the answer, then the end of the body."""
        for step in steps:
            await self.take(step)
            if self.is_over:
                return
        await self.finish()

    async def take(self, step: Step) -> None:
        match step:
            case Refuse(refusal):
                await self.call.refuse(refusal)
                self.is_over = True
            case Page(status, html):
                await self.call.respond(status, html.encode(), "text/html; charset=utf-8")
                self.is_over = True
            case Wait(seconds):
                await asyncio.sleep(seconds)

    @abstractmethod
    async def finish(self) -> None:
        """Ends the body once every step was taken."""

    def pace(self, rate: float | None) -> Pace:
        """The gate named in the prompt, else the prompt's rate, the step's, the server's."""
        if self.gate:
            return self.gate
        rates = (self.asked.prompt.rate(), rate, self._usual_rate)
        return pace_of(next(item for item in rates if item is not None))
