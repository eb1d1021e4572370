"""News within one process."""

from __future__ import annotations

import asyncio

import pytest
from channels.exceptions import ChannelFull

from chatsite.local_layer import LocalLayer

NEWS = {"type": "list.moved"}


async def members(layer: LocalLayer, group: str, count: int) -> list[str]:
    channels = [await layer.new_channel() for _ in range(count)]
    for channel in channels:
        await layer.group_add(group, channel)
    return channels


async def test_news_reach_each_member_of_the_group_alone() -> None:
    layer = LocalLayer()
    first, second = await members(layer, "group", 2)
    [stranger] = await members(layer, "other", 1)
    await layer.group_send("group", NEWS)
    await layer.group_send("other", {"type": "else"})
    assert [await layer.receive(each) for each in (first, second, stranger)] == [NEWS, NEWS, {"type": "else"}]


async def test_who_has_left_hears_nothing() -> None:
    layer = LocalLayer()
    first, second = await members(layer, "group", 2)
    await layer.group_discard("group", first)
    await layer.group_discard("never joined", first)
    await layer.group_send("group", NEWS)
    await layer.send(first, {"type": "last"})
    assert await layer.receive(first) == {"type": "last"}
    assert await layer.receive(second) == NEWS


async def test_a_full_channel_refuses_and_the_others_are_told() -> None:
    layer = LocalLayer(capacity=2)
    full, free = await members(layer, "group", 2)
    for _ in range(2):
        await layer.send(full, {"type": "older"})
    with pytest.raises(ChannelFull):
        await layer.send(full, NEWS)
    await layer.group_send("group", NEWS)
    assert await layer.receive(free) == NEWS
    assert await layer.receive(full) == {"type": "older"}


async def test_nothing_is_kept_of_a_channel_whose_reader_has_gone() -> None:
    layer = LocalLayer()
    [channel] = await members(layer, "group", 1)
    reader = asyncio.get_running_loop().create_task(layer.receive(channel))
    await asyncio.sleep(0)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    await layer.group_discard("group", channel)
    await layer.group_send("group", NEWS)
    assert [*layer._queues, *layer._members, *layer._groups] == []


def test_a_new_loop_begins_with_nobody() -> None:
    layer = LocalLayer()
    channels = asyncio.run(members(layer, "group", 1))

    async def told() -> None:
        await layer.group_send("group", NEWS)
        await layer.send(channels[0], {"type": "own"})
        assert await layer.receive(channels[0]) == {"type": "own"}

    asyncio.run(told())
