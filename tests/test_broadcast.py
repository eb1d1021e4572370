import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.layers import channel_layers, get_channel_layer

from conversations import broadcast
from conversations.broadcast import AccessEnded, ConversationMoved, ListMoved, TurnBegan
from conversations.models import User
from conversations.turns.errors import Busy
from tests import people
from tests.waiting import SECONDS

EVENTS = [
    ConversationMoved("c", "p", 3, "t", grown=True),
    TurnBegan("p", "t"),
    ListMoved("p", 3),
    AccessEnded(broadcast.session_group("h"), 4401, "s"),
]


@asynccontextmanager
async def listening(*groups: str) -> AsyncIterator[Any]:
    """Somebody in `groups`, on a loop that serves; gives the function that waits for the next news."""
    channel_layers.backends.clear()
    layer = get_channel_layer()
    channel = await layer.new_channel()
    for group in groups:
        await layer.group_add(group, channel)
    broadcast.attach(asyncio.get_running_loop())
    try:
        yield lambda: asyncio.wait_for(layer.receive(channel), SECONDS)
    finally:
        broadcast.attach(None)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
async def test_news_reach_their_group_and_come_back_as_they_were(event: Any) -> None:
    async with listening(event.group) as news:
        broadcast.publish(event)
        message = await news()
    assert message["type"] == event.type
    assert type(event)(**message["event"]) == event


async def test_news_reach_a_page_that_has_been_open_for_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening("g") as news:
        weeks_later = time.time() + 30 * 24 * 3600
        monkeypatch.setattr(time, "time", lambda: weeks_later)
        await get_channel_layer().group_send("g", {"type": "list.moved"})
        assert await news() == {"type": "list.moved"}


async def test_many_changes_of_a_list_are_one_piece_of_news() -> None:
    async with listening(broadcast.person_group("p")) as news:
        for revision in (7, 8, 9):
            broadcast.publish(ListMoved("p", revision))
        broadcast.publish(TurnBegan("p", "t"))
        assert (await news())["type"] == TurnBegan.type, "what is waited for goes first"
        assert (await news())["event"]["revision"] == 9
        broadcast.publish(ListMoved("p", 10))
        assert (await news())["event"]["revision"] == 10


async def test_news_can_be_told_from_any_thread() -> None:
    async with listening(broadcast.person_group("p")) as news:
        await asyncio.to_thread(broadcast.publish, ListMoved("p", 7))
        assert (await news())["event"]["revision"] == 7


def test_without_a_served_loop_nobody_listens_and_nothing_breaks() -> None:
    broadcast.publish(ListMoved("p", 1))


def test_a_loop_that_was_closed_is_no_loop() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    broadcast.attach(loop)
    try:
        broadcast.publish(ListMoved("p", 1))
    finally:
        broadcast.attach(None)


def test_a_group_can_be_named_by_code_or_text() -> None:
    code = uuid.uuid4()
    assert broadcast.conversation_group(code) == broadcast.conversation_group(str(code))
    assert len({broadcast.conversation_group(code), broadcast.person_group(code), broadcast.session_group("x")}) == 3


@pytest.mark.django_db
class TestNewsOfATransaction:
    @pytest.fixture
    def told(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        told: list[Any] = []
        monkeypatch.setattr(broadcast, "publish", told.append)
        return told

    @pytest.fixture
    def ada(self) -> User:
        return people.person()

    def test_wait_for_its_commit(self, told: list[Any], ada: User, django_capture_on_commit_callbacks: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            turn = people.asked(ada)
            assert told == []
        moved = ConversationMoved(str(turn.conversation.code), str(ada.code), 1, str(turn.code), grown=True)
        assert set(told) == {moved, ListMoved(str(ada.code), 1)}

    def test_are_never_told_when_it_fails(
        self, told: list[Any], ada: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        people.asked(ada)
        conversation = ada.conversations.get()
        with django_capture_on_commit_callbacks(execute=True), pytest.raises(Busy):
            people.asked(ada, "too soon", conversation)
        assert told == []
