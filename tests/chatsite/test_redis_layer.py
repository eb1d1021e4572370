"""News between processes, and within one while Redis is away."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from channels.exceptions import ChannelFull

from chatsite import redis_bridge
from chatsite.redis_layer import ChannelLayer
from conversations import redis_link
from tests.relay import Relay
from tests.stores import REDIS_URL
from tests.waiting import SECONDS, eventually_async

pytestmark = pytest.mark.stores

HELLO = {"type": "hello"}
NEWS = {"type": "list.moved", "event": {"person": "p", "revision": 3}}


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    monkeypatch.setattr(redis_link, "FIRST_PAUSE", 0.02)
    with Relay.before(REDIS_URL, 6379) as relay:
        yield relay


class Process:
    """A layer, and what those who belong to a group here have received."""

    def __init__(self, url: str, prefix: str) -> None:
        self.layer = ChannelLayer(url, prefix)
        self.received: list[object] = []
        self.greetings: list[object] = []
        self._listening: list[asyncio.Task[None]] = []

    async def join(self, group: str) -> str:
        channel = await self.layer.new_channel()
        await self.layer.group_add(group, channel)
        self._listening.append(asyncio.get_running_loop().create_task(self._receive(channel)))
        return channel

    async def _receive(self, channel: str) -> None:
        while True:
            message = await self.layer.receive(channel)
            (self.greetings if message == HELLO else self.received).append(message)

    async def is_heard_by(self, other: Process, group: str) -> None:
        """Tell until it arrives: a subscription takes a moment."""
        count = len(other.greetings)
        async with asyncio.timeout(SECONDS):
            while len(other.greetings) == count:
                await self.layer.group_send(group, HELLO)
                await asyncio.sleep(0.01)

    async def leave(self) -> None:
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await self.layer.close()


@asynccontextmanager
async def processes(*urls: str) -> AsyncIterator[list[Process]]:
    prefix = f"test:{uuid.uuid4().hex}"
    made = [Process(url, prefix) for url in urls]
    try:
        yield made
    finally:
        for each in made:
            await each.leave()


async def test_news_reach_every_process_once() -> None:
    async with processes(REDIS_URL, REDIS_URL) as (here, there):
        await here.join("g")
        await there.join("g")
        await here.is_heard_by(there, "g")
        await here.layer.group_send("g", NEWS)
        await eventually_async(lambda: there.received)
        assert (here.received, there.received) == ([NEWS], [NEWS])


async def test_news_of_other_groups_do_not_come() -> None:
    async with processes(REDIS_URL, REDIS_URL) as (here, there):
        await there.join("g")
        await there.join("other")
        await here.is_heard_by(there, "g")
        await here.layer.group_send("nobody", NEWS)
        await here.layer.group_send("g", NEWS)
        await eventually_async(lambda: there.received)
        assert there.received == [NEWS]


async def test_who_has_left_gets_nothing_more() -> None:
    async with processes(REDIS_URL) as (here,):
        stays, leaves = await here.join("g"), await here.join("g")
        await here.layer.group_discard("g", leaves)
        await here.layer.group_send("g", NEWS)
        await eventually_async(lambda: here.received)
        assert here.received == [NEWS]
        await here.layer.group_discard("g", stays)
        await here.layer.group_send("g", NEWS)
        await asyncio.sleep(0)
        assert here.received == [NEWS]


async def test_a_group_that_all_have_left_is_listened_to_no_more_however_much_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redis_bridge, "SILENCE", 0.1)
    async with processes(REDIS_URL, REDIS_URL) as (here, there):
        await there.join("g")
        gone = await there.join("over")
        await here.is_heard_by(there, "over")
        name = there.layer._name("over")
        await there.layer.group_discard("over", gone)
        async with asyncio.timeout(SECONDS):
            while await asyncio.to_thread(listeners, name):
                await here.layer.group_send("g", NEWS)
                await asyncio.sleep(0.01)


def listeners(name: str) -> int:
    with redis_link.blocking_link(REDIS_URL) as client:
        return int(client.pubsub_numsub(name)[0][1])


async def test_who_stopped_reading_is_forgotten() -> None:
    async with processes(REDIS_URL) as (here,):
        await here.join("g")
        await asyncio.sleep(0)
        here._listening[0].cancel()
        await asyncio.gather(*here._listening, return_exceptions=True)
        assert dict(here.layer._members) == {}
        assert dict(here.layer._groups) == {}


async def test_a_socket_with_too_much_news_loses_some_and_stops_no_other() -> None:
    async with processes(REDIS_URL) as (here,):
        channel = await here.layer.new_channel()
        await here.layer.group_add("g", channel)
        for _ in range(here.layer.capacity + 5):
            await here.layer.group_send("g", NEWS)
        with pytest.raises(ChannelFull):
            await here.layer.send(channel, NEWS)
        await here.join("g")
        await here.layer.group_send("g", NEWS)
        await eventually_async(lambda: here.received)


async def test_a_process_without_a_loop_tells_those_that_serve() -> None:
    async with processes(REDIS_URL, REDIS_URL) as (here, outside):
        await here.join("g")
        await outside.is_heard_by(here, "g")
        await asyncio.to_thread(outside.layer.tell_from_outside, "g", NEWS)
        await eventually_async(lambda: NEWS in here.received)


async def test_it_tells_them_again_once_redis_is_back(relay: Relay) -> None:
    async with processes(REDIS_URL, relay.address(REDIS_URL)) as (here, outside):
        await here.join("g")
        await outside.is_heard_by(here, "g")
        tell = partial(asyncio.to_thread, outside.layer.tell_from_outside, "g")
        for number in range(2):
            await tell({"n": number})
            await eventually_async(lambda seen={"n": number}: seen in here.received)
            relay.cut()
            await tell({"lost": number})
            relay.mend()
        await tell(NEWS)
        await eventually_async(lambda: NEWS in here.received)
        assert {"lost": 0} not in here.received


async def test_without_redis_news_go_round_within_the_process_and_nobody_waits(relay: Relay) -> None:
    far = relay.address(REDIS_URL)
    async with processes(far, far) as (here, there):
        relay.cut()
        await here.join("g")
        await there.join("g")
        await here.layer.group_send("g", NEWS)
        await eventually_async(lambda: here.received)
        await eventually_async(lambda: here.layer.is_cut)
        await asyncio.to_thread(here.layer.tell_from_outside, "g", NEWS)
        assert there.received == []


async def test_a_redis_that_comes_back_is_found_again(relay: Relay, caplog: pytest.LogCaptureFixture) -> None:
    far = relay.address(REDIS_URL)
    async with processes(far, far) as (here, there):
        await there.join("g")
        await here.is_heard_by(there, "g")
        relay.cut()
        await eventually_async(lambda: there.layer.is_cut)
        await there.join("late")
        relay.mend()
        await here.is_heard_by(there, "g")
        await here.is_heard_by(there, "late")
        await eventually_async(lambda: not there.layer.is_cut)
    assert [record.message.partition(" error")[0] for record in caplog.records].count(
        "news of other processes does not come"
    ) <= 2


async def test_a_link_that_went_dead_without_a_word_is_noticed(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_bridge, "SILENCE", 0.1)
    async with processes(relay.address(REDIS_URL)) as (here,):
        await here.join("g")
        relay.slow(60)
        await eventually_async(lambda: here.layer.is_cut)
