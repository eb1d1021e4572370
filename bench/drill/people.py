"""People who write one message after another, and never give up on one."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from bench.load import Shape
from bench.page import Page
from bench.systems.product import CSRF

MESSAGES_PER_CONVERSATION = 5
PATIENCE = 600  # seconds until a message counts as never taken
LOOK_EVERY = 0.1
TOLD_WITHIN = 120  # seconds until a page counts as never told; what is overloaded tells late


@dataclass(slots=True)
class Sent:
    """A message from its first try to the end of its reply."""

    key: uuid.UUID
    conversation: uuid.UUID
    text: str
    began: float
    tries: int = 0
    taken_at: float = 0.0
    seen: int = 0
    told_after: float | None = None  # seconds since its end was seen in the database; None: never
    refusals: list[str] = field(default_factory=list)


async def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether it became true in time."""
    deadline = time.monotonic() + seconds
    while not (is_true := condition()) and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody could set an event
        await asyncio.sleep(LOOK_EVERY)
    return is_true


class Ledger:
    """All messages of the drill, and which of their turns have ended."""

    def __init__(self, count: int, shape: Shape) -> None:
        self.shape = shape
        self.sent: list[Sent] = []
        self.ended: set[uuid.UUID] = set()
        self._left: Iterator[int] = iter(range(count))

    def begin(self, conversation: uuid.UUID) -> Sent | None:
        """The next message, or None when there have been enough."""
        if next(self._left, None) is None:
            return None
        sent = Sent(uuid.uuid4(), conversation, self.shape.prompt(), time.monotonic())
        self.sent.append(sent)
        return sent

    @property
    def outstanding(self) -> list[uuid.UUID]:
        return [sent.key for sent in self.sent if sent.key not in self.ended]


class Person:
    def __init__(self, address: str, cookie: str, ledger: Ledger) -> None:
        self._ledger, self._address = ledger, address
        self._headers = {"Cookie": cookie, "Origin": address, "Referer": address, "X-CSRFToken": CSRF}
        self._http = httpx.AsyncClient(base_url=address, headers=self._headers, timeout=90)
        self._page = Page()
        self._message: Sent | None = None

    async def live(self) -> None:
        """Until all messages of the drill are sent and answered."""
        async with self._http:
            while await self._converse(uuid.uuid4()):
                pass

    async def _converse(self, code: uuid.UUID) -> bool:
        watching = None
        try:
            for _ in range(MESSAGES_PER_CONVERSATION):
                if (message := self._ledger.begin(code)) is None:
                    return False
                self._page, self._message = Page(), message
                await self._send(message)
                watching = watching or asyncio.create_task(self._watch(code))
                await self._see_the_end(message)
        finally:
            if watching:
                watching.cancel()
        return True

    async def _send(self, message: Sent) -> None:
        """As the page does: with the same key until it is taken."""
        form = {"text": message.text, "model": "bench", "client_key": str(message.key)}
        path = f"/c/{message.conversation}/messages/"
        for attempt in itertools.count(1):
            message.tries = attempt
            try:
                answer = await self._http.post(path, data=form, headers={"HX-Request": "true"})
                if answer.is_success:
                    message.taken_at = time.monotonic()
                    return
                message.refusals.append(str(answer.status_code))
            except httpx.TransportError as error:
                message.refusals.append(type(error).__name__)
            if time.monotonic() - message.began > PATIENCE:
                return
            await asyncio.sleep(random.uniform(0.2, 1.0))

    async def _see_the_end(self, message: Sent) -> None:
        """Until the database says that the reply has ended, and then until the page says so too."""
        await within(PATIENCE, lambda: message.key in self._ledger.ended)
        ended = time.monotonic()
        if await within(TOLD_WITHIN, lambda: self._page.has_ended):
            message.told_after = time.monotonic() - ended

    async def _watch(self, code: uuid.UUID) -> None:
        """An open page, which comes back with jitter whenever its socket ends."""
        address = f"{self._address.replace('http', 'ws')}/ws/c/{code}/"
        while True:
            with suppress(OSError, WebSocketException, TimeoutError):
                async with connect(address, additional_headers=self._headers, max_size=None) as socket:
                    await socket.send('{"revision": 0, "list": 0}')
                    await self._read(socket)
            await asyncio.sleep(random.uniform(0.1, 1.0))

    async def _read(self, socket: object) -> None:
        received = 0
        async for frame in socket:  # type: ignore[attr-defined]
            received += len(frame)
            await socket.send(f'{{"got": {received}}}')  # type: ignore[attr-defined]
            self._page.take(frame.encode())
            if self._message is not None:
                self._message.seen = max(self._message.seen, self._page.held)
