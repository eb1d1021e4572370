"""One connection to Redis that listens for news of other processes, one that tells them ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog
from redis.asyncio.client import PubSub

from conversations import clock, outages, redis_link
from conversations.redis_link import AWAY, Pauses

logger = structlog.get_logger(__name__)

MOST_UNTOLD = 1000
SILENCE = 5.0  # seconds after which it is asked whether the other end still listens; after twice that it does not


class Bridge:
    """Lives on the loop that makes it; `name` is heard from the start. Nothing here raises because Redis is away."""

    def __init__(self, url: str, name: str, receive: Callable[[bytes], None]) -> None:
        self.is_cut = False
        self._receive = receive
        self._client = redis_link.link(url)
        self._joined = {name}
        self._left: set[str] = set()
        self._untold: list[tuple[str, str]] = []
        self._has_news = asyncio.Event()
        self._listening: PubSub | None = None
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._listen()), loop.create_task(self._tell())]

    async def join(self, name: str) -> None:
        """Listen to `name`; it is sent before this returns, so whoever reads a state afterwards misses nothing."""
        self._joined.add(name)
        if self._listening is not None:  # else who listens next listens to all that was joined
            try:
                await self._listening.subscribe(name)
            except AWAY:
                self._listening = None

    def leave(self, name: str) -> None:
        """Some time: what still comes until then finds nobody."""
        self._joined.discard(name)
        self._left.add(name)

    def tell(self, name: str, packed: str) -> None:
        """Soon, in order. While Redis is away the oldest are forgotten."""
        self._untold.append((name, packed))
        del self._untold[:-MOST_UNTOLD]
        self._has_news.set()

    async def close(self) -> None:
        await redis_link.end(*self._tasks)

    async def _listen(self) -> None:
        pauses = Pauses()
        while redis_link.goes_on():
            pubsub = self._client.pubsub()
            try:
                await self._join_all(pubsub)
                await self._hear(pubsub, pauses)
            except Exception as error:
                self._note(error)
            finally:
                self._listening = None
                with suppress(*AWAY):
                    await pubsub.aclose()  # type: ignore[no-untyped-call]
            await pauses.rest()

    async def _join_all(self, pubsub: PubSub) -> None:
        joined = self._joined.copy()
        self._left.clear()
        await pubsub.subscribe(*joined)
        self._listening = pubsub
        if late := self._joined - joined:
            await pubsub.subscribe(*late)

    async def _hear(self, pubsub: PubSub, pauses: Pauses) -> None:
        heard = tidied = clock.monotonic()
        while self._listening is pubsub and redis_link.goes_on():
            message = await pubsub.get_message(timeout=SILENCE)
            if clock.monotonic() - tidied > SILENCE:  # also while there is no silence
                tidied = clock.monotonic()
                await self._tidy(pubsub)
            if message is not None:
                heard = clock.monotonic()
                pauses.over()
                self._note(None)
                if message["type"] == "message":
                    self._receive(message["data"])
            elif clock.monotonic() - heard > 2 * SILENCE:
                raise TimeoutError
            else:
                await pubsub.ping()

    async def _tidy(self, pubsub: PubSub) -> None:
        gone, self._left = self._left - self._joined, set()
        if gone:
            await pubsub.unsubscribe(*gone)

    async def _tell(self) -> None:
        try:
            while redis_link.goes_on():
                await self._has_news.wait()
                self._has_news.clear()
                told, self._untold = self._untold, []
                try:
                    await self._publish(told)
                except Exception as error:
                    self._note(error)
        finally:
            await self._client.aclose()

    async def _publish(self, told: list[tuple[str, str]]) -> None:
        async with self._client.pipeline(transaction=False) as pipeline:
            for name, packed in told:
                pipeline.publish(name, packed)
            await pipeline.execute()

    def _note(self, error: Exception | None) -> None:
        if error is not None and not isinstance(error, AWAY):
            logger.error("news cannot be passed on", exc_info=error)
        if self.is_cut != (error is not None):
            self.is_cut = error is not None
            outages.note("redis", is_away=self.is_cut)
            event = "news of other processes " + ("does not come" if error else "comes again")
            logger.warning(event, error=str(error or ""))
