"""Redis goes and comes back while replies are written: nobody waits for it, and nothing is missing afterwards."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis import Redis

from conversations import redis_link
from conversations.markdown import render
from conversations.turn_streams import Streams, reader
from conversations.turn_streams.shared import MOST_PENDING
from tests.relay import Relay
from tests.stores import REDIS_URL
from tests.turn_streams import places
from tests.turn_streams.places import checkpoint, running
from tests.waiting import eventually_async

pytestmark = [pytest.mark.django_db, pytest.mark.stores]


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    monkeypatch.setattr(redis_link, "FIRST_PAUSE", 0.02)
    with Relay.before(REDIS_URL, 6379) as relay:
        yield relay


@pytest.fixture
def redis() -> Iterator[Any]:
    with Redis.from_url(REDIS_URL, decode_responses=True) as client:
        yield client


@pytest.fixture(autouse=True)
def _quick_checkpoints(settings: Any) -> None:
    settings.CHATSITE_CHECKPOINT = 0.05


@asynccontextmanager
async def through(relay: Relay, *, only_readers: bool = False) -> AsyncIterator[places.Places]:
    far = relay.address(REDIS_URL)
    async with places.in_redis(REDIS_URL if only_readers else far, far) as shelves:
        yield shelves


def key(shelves: places.Places, log: Any) -> str:
    assert isinstance(shelves.here, Streams)
    return shelves.here._key % log.turn


async def test_readers_follow_the_checkpoints_meanwhile_and_the_stream_again_afterwards(relay: Relay) -> None:
    turn = await running()
    async with through(relay) as shelves:
        log = shelves.begin(turn)
        far = await shelves.viewer(turn)
        log.append("text", "before ")
        log.announce()
        await eventually_async(lambda: "before" in "".join(far.html))
        relay.cut()
        log.append("text", "meanwhile ")
        log.announce()
        await eventually_async(lambda: shelves.there.is_cut and shelves.here.is_cut)
        assert "meanwhile" not in far.html[0]
        stored = await checkpoint(turn, log)
        shelves.here.stored(log, stored.seq)
        await eventually_async(lambda: "meanwhile" in far.html[0])
        log.append("text", "unstored ")
        relay.mend()
        await eventually_async(lambda: "unstored" in far.html[0])
        log.append("text", "after")
        html = await log.finish()
        await eventually_async(lambda: far.html == html == [render("before meanwhile unstored after")])
        assert not shelves.here.is_cut
        assert not shelves.there.is_cut


async def test_a_redis_that_comes_back_empty_goes_on_counting(redis: Any) -> None:
    turn = await running()
    async with places.in_redis(REDIS_URL) as shelves:
        log = shelves.begin(turn)
        far = await shelves.viewer(turn)
        log.append("text", "one ")
        log.announce()
        await eventually_async(lambda: far.html)
        log.append("text", "two ")
        log.announce()
        await eventually_async(lambda: "two" in far.html[0])
        redis.delete(key(shelves, log))
        log.append("text", "three")
        log.announce()
        await eventually_async(lambda: "three" in far.html[0])
        assert redis.xrange(key(shelves, log))[0][0] == "3-0"


async def test_a_reader_that_missed_what_was_lost_takes_it_from_the_database(redis: Any) -> None:
    turn = await running()
    async with places.in_redis(REDIS_URL) as shelves:
        log = shelves.begin(turn)
        log.append("text", "lost ")
        log.announce()
        await eventually_async(lambda: redis.exists(key(shelves, log)))
        redis.delete(key(shelves, log))
        log.append("text", "kept")
        log.announce()
        far = await shelves.viewer(turn)
        assert far.html == []
        await checkpoint(turn, log)
        await eventually_async(lambda: far.html and "lost kept" in far.html[0])


async def test_a_second_writer_is_refused(redis: Any, caplog: pytest.LogCaptureFixture) -> None:
    turn = await running()
    async with places.in_redis(REDIS_URL) as shelves:
        first = shelves.begin(turn)
        for text in ("one ", "two ", "three"):
            first.append("text", text)
            first.announce()
        await eventually_async(lambda: redis.exists(key(shelves, first)))
        second = shelves.there.begin(turn.code, turn.reply.code, turn.person.code)
        second.append("text", "somebody else")
        second.announce()
        await eventually_async(lambda: second.is_refused)
        assert "somebody else" not in str(redis.xrange(key(shelves, first)))
    assert "another writer" in caplog.text


async def test_a_writer_that_was_given_up_is_refused(redis: Any) -> None:
    turn = await running()
    async with places.in_redis(REDIS_URL) as shelves:
        log = shelves.begin(turn)
        log.append("text", "one")
        log.announce()
        await eventually_async(lambda: redis.exists(key(shelves, log)))
        nothing = places.OpenText((), 0)
        text = await asyncio.to_thread(shelves.there.rescue, turn.code, nothing)
        log.append("text", " and on")
        log.announce()
        await eventually_async(lambda: log.is_refused)
        assert await asyncio.to_thread(shelves.there.rescue, turn.code, nothing) == text
    assert "".join(part.text for part in text.parts) == "one"


async def test_a_stream_holds_only_what_the_database_has_not(redis: Any) -> None:
    turn = await running()
    async with places.in_redis(REDIS_URL) as shelves:
        log = shelves.begin(turn)
        for number in range(1, 8):
            log.append("text", f"{number} ")
            log.announce()
            await eventually_async(lambda number=number: log.told == f"{number}-0")
            if number == 5:
                shelves.here.stored(log, 5)
        assert [entry for entry, _ in redis.xrange(key(shelves, log))] == ["6-0", "7-0"]
        assert redis.ttl(key(shelves, log)) > 3000
        shelves.here.ended(log)
        await eventually_async(lambda: 0 < redis.ttl(key(shelves, log)) <= 60)


async def test_what_waits_for_redis_is_bounded(relay: Relay) -> None:
    turn = await running()
    async with through(relay) as shelves:
        relay.cut()
        log = shelves.begin(turn)
        for _ in range(10):
            log.append("text", "x" * (MOST_PENDING // 4))
            log.announce()
        assert sum(len(entry.text) for entry in log.pending()) <= MOST_PENDING
        assert log.size == 10 * (MOST_PENDING // 4)


async def test_a_silent_stream_is_compared_with_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the writer alone cannot reach Redis."""
    monkeypatch.setattr(reader, "SILENT", 0.05)
    turn = await running()
    async with places.in_redis(REDIS_URL) as shelves:
        log = shelves.begin(turn)
        far = await shelves.viewer(turn)
        log.append("text", "told to nobody")
        await checkpoint(turn, log)
        await eventually_async(lambda: far.html and "told to nobody" in far.html[0])


async def test_a_slow_redis_holds_up_nobody_who_writes(relay: Relay) -> None:
    turn = await running()
    async with through(relay) as shelves:
        relay.slow(0.3)
        log = shelves.begin(turn)
        near = await places.Viewer().watch(log)
        for number in range(5):
            log.append("text", f"word{number} ")
            log.announce()
            assert f"word{number}" in near.html[0]
        far = await shelves.viewer(turn)
        await eventually_async(lambda: far.html == near.html)


async def test_rescue_without_redis_is_the_checkpoint(relay: Relay) -> None:
    relay.cut()
    streams = Streams(relay.address(REDIS_URL), "test")
    stored = places.OpenText((), 4)
    assert await asyncio.to_thread(streams.rescue, uuid.uuid4(), stored) is stored
