"""Open pages of the reviewer's desk, and the number beside the list: what moves in the queue moves there."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import OperationalError

from conversations import accounts, broadcast, moderation
from conversations.defaults import REVIEWER
from conversations.live import desk, desk_consumer, pulse, rest
from conversations.live import page as page_socket
from conversations.live.desk import Shown
from conversations.live.desk_consumer import DeskConsumer
from conversations.live.routing import websocket_urlpatterns
from conversations.models import ReviewCase, User
from tests import people
from tests.live.page import Page
from tests.live.site import Site, Tab
from tests.waiting import SECONDS, eventually_async

pytestmark = pytest.mark.django_db
PLACES = re.compile(r'hx-swap-oob="\w+:#([\w-]+)"')


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    real = rest.Rest.__init__
    monkeypatch.setattr(rest.Rest, "__init__", lambda self, _seconds, work: real(self, 0.0, work))


@pytest.fixture
def judge(db: None) -> User:
    return staff()


@pytest.fixture
def other(db: None) -> User:
    return staff()


@pytest.fixture
def case(ada: User) -> ReviewCase:
    return people.case_of(people.withheld(ada, level=1).reply)


def staff() -> User:
    somebody = people.reviewer()
    User.objects.filter(pk=somebody.pk).update(is_staff=True)
    return User.objects.get(pk=somebody.pk)


class DeskTab(Tab):
    """A page of the desk and its socket."""

    def __init__(self, page: Page, session_key: str) -> None:
        self.page, self.frames, self.closed = page, [], None
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()
        self.socket = WebsocketCommunicator(
            URLRouter(websocket_urlpatterns), "/ws/review/", headers=[(b"cookie", cookie)]
        )

    @property
    def drawn(self) -> set[str]:
        return {place for frame in self.frames for place in PLACES.findall(frame)}


async def open_desk(site: Site, person: User, path: str = "/review/") -> DeskTab:
    """A page of the desk that was loaded and has opened its socket."""
    client = await site.signed_in(person)
    response = await sync_to_async(client.get)(path)
    html = response.content.decode().partition("<body")[2].join(("<body", "")).replace("</html>", "")
    tab = DeskTab(Page(html), client.cookies[settings.SESSION_COOKIE_NAME].value)
    site.tabs.append(tab)
    assert (await tab.socket.connect(timeout=SECONDS))[0]
    cursor = tab.page.root.find("cursor")
    await tab.say(json.loads(cursor.attributes["data-says"]) if cursor else {})
    return tab


async def test_a_page_that_shows_all_is_sent_nothing(site: Any, judge: User, case: ReviewCase) -> None:
    async with site() as here:
        for path in ("/review/", f"/review/{case.code}/"):
            tab = await open_desk(here, judge, path)
            await tab.stays()


async def test_numbers_and_rows_move_with_the_queue(
    site: Any, judge: User, other: User, ada: User, case: ReviewCase
) -> None:
    async with site() as here:
        tab = await open_desk(here, judge)
        await here.do(moderation.claim, case, other)
        await tab.until(lambda: other.username in tab.page.text(f"case-{case.code}"))
        await here.do(people.withheld, ada, level=0)
        await tab.until(lambda: "1 new case: show it" in tab.page.text("desk-newer"))
        assert tab.page.text("count-undecided") == "2"
        await here.do(moderation.uphold, case, other, "danger")
        await tab.until(lambda: f"Upheld by {other.username}" in tab.page.text(f"case-{case.code}"))
        assert tab.page.missed == []


async def test_an_empty_queue_tells_of_its_first_case(site: Any, judge: User, ada: User) -> None:
    async with site() as here:
        tab = await open_desk(here, judge)
        await here.do(people.withheld, ada, level=0)
        await tab.until(lambda: "1 new case: show it" in tab.page.text("desk-newer"))


async def test_a_page_that_missed_every_poke_learns_it_with_the_pulse(
    site: Any, judge: User, other: User, case: ReviewCase
) -> None:
    async with site() as here:
        tab = await open_desk(here, judge)
        await tab.stays()
        await sync_to_async(moderation.claim)(case, other)
        await tab.stays()
        await pulse.beat()
        await tab.until(lambda: other.username in tab.page.text(f"case-{case.code}"))


class TestThePageOfACase:
    async def test_says_when_the_claim_is_lost_and_when_it_is_free(
        self, site: Any, judge: User, other: User, case: ReviewCase
    ) -> None:
        await sync_to_async(moderation.claim)(case, judge)
        async with site() as here:
            tab = await open_desk(here, judge, f"/review/{case.code}/")
            await here.do(moderation.give_back, case, judge)
            await here.do(moderation.claim, case, other)
            await tab.until(lambda: f"{other.username} is at this case" in tab.page.text("desk-standing"))
            await here.do(moderation.give_back, case, other)
            await tab.until(lambda: "It is open again" in tab.page.text("desk-standing"))
            assert "verdict" not in tab.drawn  # what is typed there stays
            assert "Given back" in tab.page.text("desk-record")

    async def test_tells_a_verdict_and_that_it_was_announced(self, site: Any, judge: User, case: ReviewCase) -> None:
        async with site() as here:
            tab = await open_desk(here, judge, f"/review/{case.code}/")
            await here.do(moderation.release, case, judge, "harmless")
            await tab.until(lambda: f"C-{case.pk}: released" in tab.page.text("desk-fresh"))
            assert "The author is told in" in tab.page.text("desk-standing")
            await here.do(moderation.announce, case)
            await tab.until(lambda: "Told to the author" in tab.page.text("desk-standing"))


class TestAccess:
    async def test_is_refused_to_members(self, site: Any, ada: User) -> None:
        async with site() as here:
            tab = await open_desk(here, ada)
            await tab.until(lambda: tab.closed == broadcast.FORBIDDEN)

    async def test_ends_with_the_role(self, site: Any, judge: User, case: ReviewCase) -> None:
        async with site() as here:
            tab = await open_desk(here, judge)
            root = await sync_to_async(accounts.add_person)("root", "a good password", "administrator")
            await here.do(accounts.change_roles, root, judge, [], "leaves")
            await tab.until(lambda: tab.closed == broadcast.SIGNED_OUT)

    async def test_is_asked_for_at_every_beat(self, site: Any, judge: User) -> None:
        async with site() as here:
            tab = await open_desk(here, judge)
            await tab.stays()
            await sync_to_async(judge.groups.remove)(await sync_to_async(Group.objects.get)(name=REVIEWER))
            await pulse.beat()
            await tab.until(lambda: tab.closed == broadcast.FORBIDDEN)


async def test_the_list_beside_a_conversation_counts_too(site: Any, judge: User, ada: User) -> None:
    code = (await sync_to_async(people.answered)(judge)).conversation.code
    async with site() as here:
        mine, hers = await here.loaded(judge, code), await here.tab(ada, code)
        await here.do(people.withheld, ada, level=1)
        await mine.until(lambda: mine.page.text("review-count").startswith("1"))
        hers.pump()
        assert not any("review-count" in frame for frame in hers.frames)


@pytest.mark.parametrize(
    "said",
    [{}, {"rows": [1], "marks": 7, "newest": "x", "case": None}, {"newest": 2**60, "case": "../x", "rows": {"x": 1}}],
)
def test_what_no_page_says_is_taken_for_nothing(said: dict[str, Any]) -> None:
    shown = Shown.of(said)
    assert (shown.newest, shown.case, shown.marks) == (-1, "", {})


async def test_a_page_stays_while_the_database_is_away(
    site: Any, judge: User, other: User, case: ReviewCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise OperationalError("the connection is lost")

    async with site() as here:
        with monkeypatch.context() as broken:
            broken.setattr(desk, "draw", away)
            tab = await open_desk(here, judge)
            await tab.say({"covered": True})
            await here.do(moderation.claim, case, other)
            await tab.stays()
            assert tab.closed is None
        await pulse.beat()
        await tab.until(lambda: other.username in tab.page.text(f"case-{case.code}"))


async def test_a_page_that_comes_while_the_database_is_away_tries_again(
    site: Any, judge: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise OperationalError("the connection is lost")

    async with site() as here:
        client = await here.signed_in(judge)
        monkeypatch.setattr(page_socket, "visitor_of", away)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}".encode()
        socket = WebsocketCommunicator(URLRouter(websocket_urlpatterns), "/ws/review/", headers=[(b"cookie", cookie)])
        assert not (await socket.connect(timeout=SECONDS))[0]


async def test_what_cannot_be_drawn_is_written_down(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise ZeroDivisionError

    rested = rest.Rest(0.0, work)
    rested.ask()
    await eventually_async(lambda: "an open page was not drawn" in caplog.text)


def greeted() -> Any:
    """The socket of a page that has said that it shows nothing."""
    consumer: Any = DeskConsumer()
    consumer.visitor, consumer.shown, consumer.looking = None, Shown(), asyncio.Lock()
    consumer.is_open = consumer.is_greeted = True
    return consumer


async def test_what_did_not_reach_the_page_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what was half drawn when the database went away, nor what came while the page read too slowly."""
    is_away, takes = True, False

    async def draws(_draw: Any, _visitor: Any, shown: Shown) -> str:
        html = "" if shown.marks.get("desk-bar") == "2" else "drawn"
        shown.marks["desk-bar"] = "2"
        if is_away:
            raise OperationalError("the connection is lost")
        return html

    monkeypatch.setattr(desk_consumer, "db_live", draws)
    pushed: list[str] = []
    consumer = greeted()
    consumer.push = lambda html: takes and not pushed.append(html)
    await consumer.catch_up()
    is_away = False
    await consumer.catch_up()
    takes = True
    await consumer.catch_up()
    await consumer.catch_up()
    assert pushed == ["drawn"]


async def test_one_look_comes_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else an older one that takes longer puts back what a newer one has replaced."""
    counts: list[int] = [0]

    async def draws(*_: Any) -> str:
        counts.append(counts[-1] + 1)
        await asyncio.sleep(0)
        counts.append(counts[-1] - 1)
        return ""

    monkeypatch.setattr(desk_consumer, "db_live", draws)
    consumer = greeted()
    await asyncio.gather(consumer.catch_up(), consumer.catch_up())
    assert counts == [0, 1, 0, 1, 0]
