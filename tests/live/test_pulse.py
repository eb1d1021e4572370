import asyncio
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from conversations import broadcast
from conversations.live import access, frames, pulse, transcript
from conversations.live.access import Visitor, session_hash
from conversations.live.transcript import Cursor
from conversations.models import User
from tests.live.site import served
from tests.waiting import SECONDS

pytestmark = pytest.mark.django_db


class Socket:
    """A socket as the pulse sees it; `news` are what its channel was sent."""

    awaits_turn = False
    looks_itself = False
    channel_name = "here"

    def __init__(self, person: User, code: uuid.UUID, cursor: Cursor) -> None:
        self.visitor = Visitor(person.pk, str(person.code), "no session", "en")
        self.code, self.cursor = code, cursor
        self.channel_layer = self
        self.pushed: list[str] = []
        self.closed: list[int] = []

    def push(self, html: str) -> bool:
        self.pushed.append(html)
        return True

    async def close(self, code: int) -> None:
        self.closed.append(code)

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        raise AssertionError("a socket without rights gets no news")


async def test_every_beat_reaches_every_page_and_sends_the_unknown_away(ada: User, code: uuid.UUID) -> None:
    sockets = [Socket(ada, code, Cursor()) for _ in range(3)]
    pulse._sockets.update(sockets)
    try:
        await pulse.beat()
    finally:
        pulse._sockets.clear()
    assert [(socket.pushed, socket.closed) for socket in sockets] == [([frames.PULSE], [broadcast.SIGNED_OUT])] * 3


async def test_a_beat_asks_as_often_for_many_pages_as_for_one(ada: User, bob: User) -> None:
    async def queries(*sockets: Socket) -> int:
        pulse._sockets.clear()
        pulse._sockets.update(sockets)
        asked = CaptureQueriesContext(connection)
        await sync_to_async(asked.__enter__)()
        await pulse.beat()
        await sync_to_async(asked.__exit__)(None, None, None)
        pulse._sockets.clear()
        return len(asked)

    many = [Socket(person, uuid.uuid4(), Cursor()) for person in (ada, bob) for _ in range(5)]
    assert await queries(*many) == await queries(many[0]) <= 4


@pytest.mark.parametrize("failure", [OperationalError("locked"), KeyError("a mistake of ours")])
async def test_the_pulse_survives_whatever_goes_wrong(
    site: Any, ada: User, code: uuid.UUID, settings: Any, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    settings.CHATSITE_PULSE = 0.005
    real, failures = transcript.revisions, [failure] * 3

    def sometimes(codes: set[uuid.UUID]) -> dict[uuid.UUID, int]:
        if failures:
            raise failures.pop()
        return real(codes)

    monkeypatch.setattr(transcript, "revisions", sometimes)
    async with site() as here:
        tab = await here.tab(ada, code, revision=0)
        await tab.until(lambda: not failures)
        count = len(tab.frames)
        await tab.until(lambda: len(tab.frames) > count + 2)


async def test_the_pulse_ends_when_nobody_is_left(site: Any, ada: User, code: uuid.UUID, settings: Any) -> None:
    settings.CHATSITE_PULSE = 0.005
    async with site() as here:
        tab = await here.tab(ada, code, revision=0)
        await tab.until(lambda: tab.frames)
        task = pulse._task
        assert task is not None
        await tab.leave()
        await asyncio.wait_for(task, SECONDS)
        again = await here.tab(ada, code, revision=0)
        await again.until(lambda: again.frames)
        assert pulse._task is not task


class TestSessions:
    async def test_are_named_by_a_hash_that_is_no_password(self) -> None:
        assert session_hash("key") != session_hash("kez")
        assert "key" not in session_hash("key")

    async def test_of_another_person_do_not_count(
        self, ada: User, bob: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        async with served(django_capture_on_commit_callbacks) as here:
            key = (await here.signed_in(ada)).session.session_key
            mine = Visitor(ada.pk, str(ada.code), key, "en")
            theirs = Visitor(bob.pk, str(bob.code), key, "en")
            assert await sync_to_async(access.still_valid)([mine]) == {key}
            assert await sync_to_async(access.still_valid)([theirs]) == set()
