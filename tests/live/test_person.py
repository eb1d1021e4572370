"""The socket of a page that is not a conversation's: the list and the notices, and nothing of what is written."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations import broadcast, notices
from conversations.broadcast import SIGNED_OUT
from conversations.live import pulse
from conversations.models import Conversation, NoticeKind, User
from tests import people
from tests.live.site import Site, Tab, ask, written

pytestmark = pytest.mark.django_db

SECRET = "only on the page of its conversation"
PAGE = "/preferences/"


def listed(tab: Tab) -> str:
    return tab.page.text("conversations")


async def shown(tab: Tab) -> None:
    """The socket follows from now on."""
    await tab.until(lambda: pulse._sockets)


async def test_it_shows_what_is_begun_and_written_elsewhere(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as here:
        tab = await here.beside(ada, PAGE)
        await shown(tab)
        reply = await written(here, await ask(here, ada, code, "What is new?"))
        await tab.until(lambda: "What is new?, writing" in listed(tab))
        reply.write(SECRET)
        await reply.end()
        await tab.until(lambda: "What is new?, new reply" in listed(tab))
        assert not any(SECRET in frame for frame in tab.frames)
        assert tab.page.missed == []


async def test_it_shows_notices_as_they_come_and_go(site: Any, ada: User) -> None:
    async with site() as here:
        tab = await here.beside(ada, PAGE)
        await shown(tab)
        notice = await here.do(notices.tell, ada, NoticeKind.INVITATION_ACCEPTED, name="Bob")
        await tab.until(lambda: "Bob has accepted" in tab.page.text("notices"))
        await here.do(notices.read, ada, notice.code)
        await tab.until(lambda: tab.page.text("notices") == "")


async def test_the_conversation_that_a_page_is_about_stays_marked(site: Any, ada: User) -> None:
    def current(tab: Tab) -> list[str]:
        entries = (each for each in tab.page.root.walk() if "aria-current" in each.attributes)
        return [each.text for each in entries if "sidebar__item" in each.attributes["class"]]

    async with site() as here:
        turn = await here.do(people.answered, ada)
        conversation = turn.conversation
        tab = await here.beside(ada, f"/c/{conversation.code}/messages/{turn.question.code}/edit/")
        await shown(tab)
        await rename(here, ada, conversation, "Another name")
        await tab.until(lambda: current(tab) == ["Another name"])


async def rename(site: Site, person: User, conversation: Conversation, title: str) -> None:
    client = await site.signed_in(person)
    await site.do(client.post, f"/c/{conversation.code}/rename/", {"title": title})


async def test_a_lost_poke_costs_until_the_next_beat_and_a_quiet_page_nothing(
    site: Any, ada: User, code: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with site() as here:
        tab = await here.beside(ada, PAGE)
        await shown(tab)
        await pulse.beat()
        await tab.stays()
        with monkeypatch.context() as silent:
            silent.setattr(broadcast, "publish", lambda _: None)
            await ask(here, ada, code, "Did you hear?")
        assert "Did you hear?" not in listed(tab)
        await pulse.beat()
        await tab.until(lambda: "Did you hear?" in listed(tab))


async def test_without_a_session_or_after_its_end_it_is_sent_to_sign_in(site: Any, ada: User) -> None:
    async with site() as here:
        stranger = await here.beside(None, PAGE)
        await stranger.until(lambda: stranger.closed == SIGNED_OUT)
        tab = await here.beside(ada, PAGE)
        await shown(tab)
        client = await here.signed_in(ada)
        await here.do(client.post, "/accounts/logout/")
        await tab.until(lambda: tab.closed == SIGNED_OUT)


async def test_others_are_not_shown(site: Any, ada: User, bob: User, code: uuid.UUID) -> None:
    async with site() as here:
        tab = await here.beside(bob, PAGE)
        await shown(tab)
        await ask(here, ada, code, SECRET)
        await sync_to_async(people.answered)(ada)
        await pulse.beat()
        tab.pump()
        assert not any(SECRET in frame for frame in tab.frames)
