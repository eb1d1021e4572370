"""Two processes in one test: one writes logs, the other follows them, each with a shelf of its own."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from asgiref.sync import sync_to_async

from conversations.models import Turn
from conversations.present import OpenText
from conversations.turn_log import Memory, TurnLog
from conversations.turn_streams import Streams
from tests import people
from tests.test_turn_log import Viewer


class Places:
    """`here` writes. In memory there is only one place, and who follows there looks at what is written."""

    def __init__(self, here: Memory | Streams, there: Memory | Streams) -> None:
        self.here, self.there = here, there
        self._written: dict[uuid.UUID, TurnLog] = {}

    def begin(self, turn: Turn) -> TurnLog:
        log = self._written[turn.code] = self.here.begin(turn.code, turn.reply.code, turn.person.code)
        return log

    async def follow(self, turn: Turn) -> TurnLog | None:
        if self.here is self.there:
            return self._written.get(turn.code)
        return await self.there.follow(turn.code)

    async def viewer(self, turn: Turn) -> Viewer:
        log = await self.follow(turn)
        assert log is not None
        return await Viewer().watch(log)

    def rescue(self, turn: Turn, stored: OpenText) -> OpenText:
        """As the reaper finds it after the death of the writer."""
        if isinstance(self.there, Memory):
            log = self._written[turn.code].text()
            return log if log.seq > stored.seq else stored
        return self.there.rescue(turn.code, stored)


Opening = Callable[[], AsyncIterator[Places]]


@asynccontextmanager
async def in_memory() -> AsyncIterator[Places]:
    shelf = Memory()
    yield Places(shelf, shelf)


@asynccontextmanager
async def in_redis(url: str, far_url: str = "") -> AsyncIterator[Places]:
    prefix = f"test:{uuid.uuid4().hex}"
    places = Places(Streams(url, prefix), Streams(far_url or url, prefix))
    try:
        yield places
    finally:
        await places.here.close()
        await places.there.close()


async def running(text: str = "Hello?") -> Turn:
    return await sync_to_async(_running)(text)


def _running(text: str) -> Turn:
    return people.running(people.person(), text)


async def checkpoint(turn: Turn, log: TurnLog) -> OpenText:
    """As the background writes it."""
    text = log.text()
    rows = Turn.objects.filter(pk=turn.pk)
    await sync_to_async(rows.update)(open_parts=text.parts, seq=text.seq)
    return text
