"""Open pages while the database or Redis is away: what they say, and that they stay and catch up by themselves."""

import uuid
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError

from conversations import outages
from conversations.live import consumer, transcript
from conversations.live import page as page_socket
from conversations.models import User
from tests.waiting import SECONDS

from .site import Site, Tab, ask, written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _is_told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "LASTS", 0.01)


def outage(tab: Tab) -> str:
    return tab.page.text("outage")


async def test_every_page_is_told_in_its_language_and_untold(site: Any, ada: User, bob: User, code: uuid.UUID) -> None:
    async with site() as here:
        await here.do(User.objects.filter(pk=bob.pk).update, language="zh-hans")
        mine, his = await here.tab(ada, code, revision=0), await here.tab(bob, uuid.uuid4(), revision=0)
        outages.note("database", is_away=True)
        await mine.until(lambda: "cannot reach its database" in outage(mine))
        await his.until(lambda: "连不上它的数据库" in outage(his))
        late = await here.tab(ada, code, revision=0)
        await late.until(lambda: "cannot reach its database" in outage(late))
        outages.note("redis", is_away=True)
        await mine.until(lambda: "Slower than usual" in outage(mine))
        outages.note("database", is_away=False)
        outages.note("redis", is_away=False)
        for tab in (mine, his, late):
            await tab.until(lambda tab=tab: outage(tab) == "")


async def test_what_came_while_it_was_away_is_shown_once_it_is_back(
    site: Any, ada: User, code: uuid.UUID, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Pokes come, but nothing can be drawn; the page stays, and is compared at once instead of with the next pulse."""
    settings.CHATSITE_PULSE = 300
    asked: list[object] = []

    def failing(*args: Any) -> Any:
        asked.append(args)
        raise OperationalError("the connection is lost")

    async with site() as here:
        await ask(here, ada, code, "Before?")
        tab = await here.loaded(ada, code)
        await tab.until_text(tab.page.text())
        outages.note("database", is_away=True)
        await tab.until(lambda: outage(tab))
        with monkeypatch.context() as broken:
            broken.setattr(transcript, "_conversation", failing)
            await rename(here, ada, code)
            await tab.until(lambda: asked)
        assert (tab.closed, "Meanwhile" in tab.page.text("title")) == (None, False)
        outages.note("database", is_away=False)
        await tab.until(lambda: "Meanwhile" in tab.page.text("title"))


async def rename(here: Site, person: User, code: uuid.UUID) -> None:
    client = await here.signed_in(person)
    await here.do(client.post, f"/c/{code}/rename/", {"title": "Meanwhile"})


async def test_a_reply_that_could_not_be_found_is_followed_later(
    site: Any, ada: User, code: uuid.UUID, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CHATSITE_PULSE = 0.02
    real, failures = consumer.live_turn, [OperationalError("the connection is lost")] * 3

    async def sometimes(turn: uuid.UUID) -> Any:
        if failures:
            raise failures.pop()
        return await real(turn)

    async with site() as here:
        turn = await ask(here, ada, code)
        reply = await written(here, turn)
        monkeypatch.setattr(consumer, "live_turn", sometimes)
        tab = await here.tab(ada, code)
        await tab.until(lambda: "Hello?" in tab.page.text())
        reply.write("Here I am")
        await tab.until(lambda: "Here I am" in tab.page.text())
        await reply.end()


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
async def test_a_page_that_nobody_can_be_asked_about_is_not_accepted(
    site: Any, ada: User, code: uuid.UUID, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """It tries again by itself: only codes that begin with 44 send it away."""

    def away(*args: Any) -> Any:
        raise error("no connection")

    async with site():
        monkeypatch.setattr(page_socket, "visitor_of", away)
        tab = Tab(code, "any", "<body></body>")
        assert (await tab.socket.connect(timeout=SECONDS))[0] is False
