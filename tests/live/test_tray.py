"""The pictures in the box, as open tabs see them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, default_storage

from conversations import pictures
from conversations.models import Conversation, Picture, PictureHold, PictureState, TrayPicture, User
from conversations.turns import start
from conversations.turns.tray import changing, forget
from tests import people
from tests.live.site import ask, same_as_fresh, written
from tests.pictures.bringing import brought, png


@pytest.fixture(autouse=True)
def _own_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage, "_wrapped", InMemoryStorage())


def bring(person: User, code: uuid.UUID, colour: Any = "red") -> TrayPicture:
    picture = brought(person, png(colour), f"{colour}.png")
    with changing(person, code, people.MODEL):
        return pictures.add(person, code, picture)


def take_out(person: User, code: uuid.UUID, tray: uuid.UUID) -> None:
    with changing(person, code, people.MODEL):
        assert pictures.remove(person, code, tray)


def names(tab: Any) -> list[str]:
    box = tab.page.root.find("tray")
    return [each.attributes["alt"] for each in box.walk() if each.tag == "img"]


async def test_every_tab_has_what_one_brings_and_takes_out(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as served:
        writing = await written(served, await ask(served, ada, code))
        await writing.end(finish="stop")
        tabs = [await served.loaded(ada, code) for _ in range(2)]
        red = await served.do(bring, ada, code, "red")
        await served.do(bring, ada, code, "blue")
        for tab in tabs:
            await tab.until(lambda tab=tab: names(tab) == ["red.png", "blue.png"])
            await same_as_fresh(served, tab, ada)
        await served.do(take_out, ada, code, red.code)
        for tab in tabs:
            await tab.until(lambda tab=tab: names(tab) == ["blue.png"])


async def test_what_is_sent_leaves_the_box_of_every_tab(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as served:
        writing = await written(served, await ask(served, ada, code))
        await writing.end(finish="stop")
        tabs = [await served.loaded(ada, code) for _ in range(2)]
        red = await served.do(bring, ada, code)
        for tab in tabs:
            await tab.until(lambda tab=tab: names(tab) == ["red.png"])
        await served.do(start.send, people.order(ada), code, "What is it?", [red.code])
        for tab in tabs:
            await tab.until(lambda tab=tab: names(tab) == [] and "What is it?" in tab.page.text())


async def test_a_picture_that_is_deleted_leaves_every_box(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as served:
        writing = await written(served, await ask(served, ada, code))
        await writing.end(finish="stop")
        other = uuid.uuid4()
        red = await served.do(bring, ada, code, "red")
        for place in (code, other):
            await served.do(bring, ada, place, "blue")
        tabs = [await served.loaded(ada, place) for place in (code, other)]
        picture = await served.do(Picture.objects.exclude(pk=red.picture_id).get)
        await served.do(forget, picture)
        await tabs[0].until(lambda: names(tabs[0]) == ["red.png"])
        await tabs[1].until(lambda: names(tabs[1]) == [])
        await same_as_fresh(served, tabs[0], ada)


async def test_a_picture_that_a_case_keeps_leaves_the_box_all_the_same(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as served:
        red = await served.do(bring, ada, code, "red")
        await served.do(PictureHold.objects.create, picture=red.picture, case_code=uuid.uuid4())
        tab = await served.loaded(ada, code)
        await served.do(forget, red.picture)
        await tab.until(lambda: names(tab) == [])
        assert (await served.do(Picture.objects.get)).state == PictureState.LEAVING


async def test_a_page_that_nobody_has_asked_on_follows_it_too(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as served:
        await served.do(bring, ada, code)
        tab = await served.loaded(ada, code)
        await served.do(bring, ada, code, "blue")
        await tab.until(lambda: names(tab) == ["red.png", "blue.png"])
        assert not await served.do(Conversation.objects.begun().filter(code=code).exists)


async def test_the_box_stays_as_it_is_while_other_things_move(site: Any, ada: User, code: uuid.UUID) -> None:
    """What is open and typed in it, too."""
    async with site() as served:
        writing = await written(served, await ask(served, ada, code))
        await served.do(bring, ada, code)
        tab = await served.loaded(ada, code)
        before = tab.page.root.find("tray")
        await writing.end(finish="stop")
        await tab.until(lambda: "composer__send" in str(tab.frames))
        assert tab.page.root.find("tray") is before
