"""What a shelf promises, the same for the memory of one process and for streams that several share."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations.markdown import render
from conversations.present import OpenText, render_parts
from tests.stores import REDIS_URL
from tests.turn_streams import places
from tests.turn_streams.places import checkpoint, running
from tests.waiting import eventually_async

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.parametrize("kind", ["memory", pytest.param("streams", marks=pytest.mark.stores)]),
]


def opened(kind: str) -> Any:
    return places.in_memory() if kind == "memory" else places.in_redis(REDIS_URL)


async def test_a_page_elsewhere_shows_a_reply_from_the_first_word_to_the_last(kind: str) -> None:
    turn = await running()
    async with opened(kind) as shelves:
        log = shelves.begin(turn)
        near = await places.Viewer().watch(log)
        far = await shelves.viewer(turn)
        for text in ("# Tides\n\n", "The *moon*", " pulls.\n\n", "- one\n", "- two"):
            log.append("text", text)
            log.announce()
            await eventually_async(lambda: far.html == near.html)
        html = await log.finish()
        await eventually_async(lambda: far.html == html and far.parts[0].is_sealed)
    assert html == render_parts(log.text().parts)


async def test_a_page_that_comes_late_shows_all_there_is(kind: str) -> None:
    turn = await running()
    async with opened(kind) as shelves:
        log = shelves.begin(turn)
        log.append("reasoning", "Hm.")
        log.append("text", "Once")
        log.announce()
        near = await places.Viewer().watch(log)
        log.announce()
        far = await shelves.viewer(turn)
        log.append("text", " more")
        log.announce()
        await eventually_async(lambda: len(far.html) == 2 and "more" in far.html[1])
        assert far.html == near.html


async def test_text_that_became_void_goes_everywhere(kind: str) -> None:
    turn = await running()
    async with opened(kind) as shelves:
        log = shelves.begin(turn)
        far = await shelves.viewer(turn)
        log.append("text", "a secret")
        log.announce()
        await eventually_async(lambda: far.html)
        log.restart()
        await eventually_async(lambda: far.parts == [])
        log.append("text", "something else")
        assert await log.finish() == [render("something else")]
        await eventually_async(lambda: far.html == [render("something else")])


async def test_pages_come_and_go_in_mid_reply(kind: str) -> None:
    turn = await running()
    async with opened(kind) as shelves:
        log = shelves.begin(turn)
        first = await shelves.viewer(turn)
        log.append("text", "one ")
        log.announce()
        await eventually_async(lambda: first.html)
        followed = await shelves.follow(turn)
        followed.unwatch(first.see)
        again = await shelves.viewer(turn)
        log.append("text", "two")
        log.announce()
        await eventually_async(lambda: "two" in "".join(again.html))
        assert "two" not in "".join(first.html)


async def test_a_checkpoint_changes_nothing_for_those_who_look(kind: str) -> None:
    turn = await running()
    async with opened(kind) as shelves:
        log = shelves.begin(turn)
        early = await shelves.viewer(turn)
        for number in range(6):
            log.append("text", f"{number} ")
            log.announce()
            if number % 2:
                await eventually_async(lambda number=number: f"{number}" in "".join(early.html))
                stored = await checkpoint(turn, log)
                shelves.here.stored(log, stored.seq)
        late = await shelves.viewer(turn)
        html = await log.finish()
        await eventually_async(lambda: early.html == late.html == html)


async def test_what_a_dead_writer_left_is_whole(kind: str) -> None:
    turn = await running()
    async with opened(kind) as shelves:
        log = shelves.begin(turn)
        far = await shelves.viewer(turn)
        log.append("reasoning", "Hm.")
        log.append("text", "stored ")
        log.announce()
        await eventually_async(lambda: len(far.html) == 2)
        stored = await checkpoint(turn, log)
        shelves.here.stored(log, stored.seq)
        log.append("text", "and not")
        log.announce()
        await eventually_async(lambda: "and not" in far.html[1])
        found = await sync_to_async(shelves.rescue)(turn, stored)
    assert found == log.text()


async def test_a_turn_that_nobody_runs_has_no_log(kind: str) -> None:
    async with opened(kind) as shelves:
        assert await shelves.there.follow(uuid.uuid4()) is None
        assert shelves.there.rescue(uuid.uuid4(), OpenText((), 3)) == OpenText((), 3)
        assert not shelves.here.is_cut
