"""The list of conversations on open pages, which must end up as a page that is loaded now."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from conversations import broadcast, clock, listing
from conversations.live import pulse
from conversations.models import Conversation, User
from tests import people
from tests.live.page import Page
from tests.live.site import Site, Tab, served, written

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def names(page: Page) -> list[str]:
    """Headings and names as they stand, but no heading of an empty group; the marks behind a name belong to it."""
    shown = page.root.find("conversations")
    assert shown is not None
    found: list[str] = []
    for each in shown.walk():
        if each.attributes.get("class", "") == "sidebar__day" and any(inner.tag == "li" for inner in each.walk()):
            found.append(each.elements[0].text.upper())
        elif each.attributes.get("class", "").startswith("sidebar__item"):
            found.append(each.text)
    return found


async def lists(tab: Tab, *expected: str) -> None:
    await tab.until(lambda: names(tab.page) == [*expected])


async def elsewhere(site: Site, person: User) -> Tab:
    """A tab on the empty page: no entry is the open one."""
    page = await list_now(person)
    live = next(each for each in page.root.walk() if each.tag == "chat-live")
    tab = await site.connected(person, uuid.UUID(live.attributes["data-socket"].split("/")[-2]))
    tab.page = page
    await tab.greet()
    await tab.until(lambda: any(each.code == tab.code for each in pulse._sockets))
    return tab


async def list_now(person: User) -> Page:
    """The empty page as it is when loaded now."""
    client = Client()
    await sync_to_async(client.force_login)(person)
    response = await sync_to_async(client.get)("/")
    return Page(response.content.decode().partition("<body")[2].join(("<body", "")).replace("</html>", ""))


async def command(site: Site, person: User, turn_or_conversation: Any, what: str, **fields: str) -> None:
    """As the person's browser sends it."""
    client = await site.signed_in(person)
    code = getattr(turn_or_conversation, "conversation", turn_or_conversation).code

    def post() -> None:
        assert client.post(f"/c/{code}/{what}/", fields).status_code in (204, 303)

    await site.do(post)


async def aged(what: Any, days: int) -> None:
    """A conversation that was last active so many days ago."""
    conversation = getattr(what, "conversation", what)
    rows = Conversation.objects.filter(pk=conversation.pk)
    await sync_to_async(rows.update)(active_at=clock.now() - days * DAY)


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.timedelta], None]:
    """No midnight comes between two lines of a test, but when it says so."""
    moment = [dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)]
    step = dt.timedelta(milliseconds=1)

    def now() -> dt.datetime:
        moment[0] += step
        return moment[0]

    def later(by: dt.timedelta) -> None:
        moment[0] += by

    monkeypatch.setattr(clock, "now", now)
    return later


@pytest.mark.usefixtures("at_noon")
class TestAnEntry:
    async def test_comes_to_every_page_of_its_person(self, site: Any, ada: User, bob: User) -> None:
        async with site() as here:
            tab = await elsewhere(here, ada)
            others = await elsewhere(here, bob)
            await here.do(people.asked, ada, "A name")
            await lists(tab, "TODAY", "A name, writing…")
            await others.stays()
            assert tab.page.missed == []

    async def test_loses_its_mark_of_writing_and_gets_that_of_news_where_it_is_not_open(
        self, site: Any, ada: User
    ) -> None:
        async with site() as here:
            turn = await here.do(people.asked, ada, "A name")
            tab, on_it = await elsewhere(here, ada), await here.loaded(ada, turn.conversation.code)
            reply = await written(here, turn)
            await reply.end()
            await lists(tab, "TODAY", "A name, new reply")
            await lists(on_it, "TODAY", "A name")
            entry = on_it.page.root.find(f"conversation-{turn.conversation.code}")
            assert entry is not None
            assert "data-unread" in entry.elements[0].attributes

    async def test_is_read_everywhere_when_it_is_read_in_one_place(self, site: Any, ada: User) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada, "A name")
            tab = await elsewhere(here, ada)
            assert names(tab.page)[1:] == ["A name, new reply"]
            revision = (await sync_to_async(people.fresh)(turn)).conversation.revision
            await command(here, ada, turn, "read", revision=str(revision))
            await lists(tab, "TODAY", "A name")

    async def test_rises_to_the_top_from_any_group(self, site: Any, ada: User) -> None:
        async with site() as here:
            old, older = [await here.do(people.answered, ada, name) for name in ("Old", "Older")]
            await aged(old, 3)
            await aged(older, 40)
            tab = await elsewhere(here, ada)
            await here.do(people.asked, ada, "More", older.conversation)
            await lists(tab, "TODAY", "Older, writing…", "PREVIOUS 7 DAYS", "Old, new reply")

    async def test_that_changes_stays_where_it_is(self, site: Any, ada: User) -> None:
        async with site() as here:
            turns = [await here.do(people.answered, ada, name) for name in ("One", "Two", "Three")]
            await aged(turns[0], 5)
            tab = await elsewhere(here, ada)
            await command(here, ada, turns[1], "rename", title="2")
            await command(here, ada, turns[0], "rename", title="1")
            await lists(tab, "TODAY", "Three, new reply", "2, new reply", "PREVIOUS 7 DAYS", "1, new reply")

    async def test_that_the_page_has_not_loaded_is_left_out(self, site: Any, ada: User) -> None:
        async with site() as here:
            first = await here.do(people.answered, ada, "Deep")
            await aged(first, 90)
            await sync_to_async(_many)(ada, 60)
            tab = await elsewhere(here, ada)
            await command(here, ada, first, "rename", title="Deeper")
            await tab.until(lambda: tab.frames)
            assert not any("Deep" in each for each in names(tab.page))


@pytest.mark.usefixtures("at_noon")
class TestADeletedEntry:
    async def test_goes_from_every_page(self, site: Any, ada: User) -> None:
        async with site() as here:
            first, _second = [await here.do(people.answered, ada, name) for name in ("First", "Second")]
            tab = await elsewhere(here, ada)
            await command(here, ada, first, "delete")
            await lists(tab, "TODAY", "Second, new reply")

    @pytest.mark.parametrize("ages", [(0, 0, 0), (1, 1, 3), (3, 9, 9), (0, 40, 41), (9, 9, 9), (40, 70, 100)])
    @pytest.mark.parametrize("which", [0, 1, 2])
    async def test_comes_back_to_its_place(self, site: Any, ada: User, ages: tuple[int, ...], which: int) -> None:
        async with site() as here:
            turns = [await here.do(people.answered, ada, name) for name in ("Zero", "One", "Two")]
            for turn, age in zip(turns, ages, strict=True):
                await aged(turn, age)
            tab = await elsewhere(here, ada)
            before = names(tab.page)
            await command(here, ada, turns[which], "delete")
            await tab.until(lambda: len(names(tab.page)) < len(before))
            await command(here, ada, turns[which], "restore")
            await lists(tab, *before)
            await lists(tab, *names(await list_now(ada)))


@pytest.mark.usefixtures("at_noon")
class TestAWholeList:
    async def test_is_drawn_for_a_page_that_was_away_for_long(self, site: Any, ada: User) -> None:
        async with site() as here:
            tab = await elsewhere(here, ada)
            await tab.leave()
            for n in range(listing.MOST_CHANGED + 1):
                await here.do(people.answered, ada, f"Number {n}")
            back = await here.connected(ada, tab.code)
            back.page = tab.page
            await back.greet()
            await lists(back, "TODAY", *[f"Number {n}, new reply" for n in range(listing.MOST_CHANGED, -1, -1)])
            assert len(back.frames) == 1

    @pytest.mark.parametrize("said", [{"list": -1}, {"list": 10**9}, {"day": -1}, {"day": 1}, {}])
    async def test_is_drawn_for_a_page_that_says_what_cannot_be(
        self, site: Any, ada: User, said: dict[str, int]
    ) -> None:
        async with site() as here:
            await here.do(people.answered, ada, "A name")
            tab = await here.connected(ada, uuid.uuid4())
            await tab.say({"revision": 0, **said})
            await lists(tab, "TODAY", "A name, new reply")

    async def test_is_not_drawn_where_nothing_changed(self, site: Any, ada: User) -> None:
        async with site() as here:
            await here.do(people.answered, ada, "A name")
            tab = await elsewhere(here, ada)
            await tab.stays()
            await pulse.beat()
            await tab.until(lambda: tab.frames)
            assert not any("conversations" in frame for frame in tab.frames)


class TestMidnight:
    async def test_gives_the_days_their_new_names(
        self, site: Any, ada: User, at_noon: Callable[[dt.timedelta], None]
    ) -> None:
        async with site() as here:
            await here.do(people.answered, ada, "A name")
            tab = await elsewhere(here, ada)
            at_noon(dt.timedelta(hours=13))
            await pulse.beat()
            await tab.until(lambda: "YESTERDAY" in names(tab.page))
            count = len(tab.frames)
            await pulse.beat()
            await tab.until(lambda: len(tab.frames) > count)
            assert "conversations" not in tab.frames[-1]

    async def test_comes_when_it_comes_to_the_person(
        self, site: Any, ada: User, at_noon: Callable[[dt.timedelta], None]
    ) -> None:
        await sync_to_async(User.objects.filter(pk=ada.pk).update)(time_zone="Pacific/Honolulu")  # 02:00 there
        async with site() as here:
            await here.do(people.answered, ada, "A name")
            tab = await elsewhere(here, ada)
            at_noon(dt.timedelta(hours=13))
            await pulse.beat()
            await tab.until(lambda: tab.frames)
            assert not any("conversations" in frame for frame in tab.frames)

    async def test_does_not_come_to_all_pages_in_one_beat(
        self, site: Any, ada: User, at_noon: Callable[[dt.timedelta], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pulse, "MOST_NEW_DAYS", 1)
        async with site() as here:
            await here.do(people.answered, ada, "A name")
            tabs = [await elsewhere(here, ada) for _ in range(2)]
            at_noon(dt.timedelta(hours=13))

            def of_yesterday() -> int:
                for tab in tabs:
                    tab.pump()
                return sum("YESTERDAY" in names(tab.page) for tab in tabs)

            for beats in (1, 2):
                await pulse.beat()
                await tabs[0].until(lambda beats=beats: of_yesterday() == beats)


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("seed", range(4))
async def test_a_list_that_loses_news_ends_up_with_the_truth(
    seed: int, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await sync_to_async(people.person)()
    dice = random.Random(seed)
    publish = broadcast.publish
    async with served(django_capture_on_commit_callbacks) as here:
        turns = [await here.do(people.answered, ada, f"Number {n}") for n in range(8)]
        for n, turn in enumerate(turns):
            await aged(turn, dice.choice([0, 0, 1, 3, 9, 50 + n]))
        monkeypatch.setattr(broadcast, "publish", lambda news: dice.random() < 0.5 or publish(news))
        tab = await elsewhere(here, ada)
        for _ in range(6):
            for _ in range(dice.randrange(1, 4)):
                await _something(here, ada, dice, turns)
            await pulse.beat()
            await lists(tab, *names(await list_now(ada)))


async def _something(here: Site, ada: User, dice: random.Random, turns: list[Any]) -> None:
    what = dice.choice(["rename", "delete", "restore", "answer", "new"])
    turn = await sync_to_async(people.fresh)(dice.choice(turns))
    if what == "new":
        turns.append(await here.do(people.answered, ada, f"New {len(turns)}"))
    elif what == "restore":
        await command(here, ada, turn, what)
    elif turn.conversation.deleted_at is None:
        if what == "answer":
            await here.do(people.answered, ada, "More", "x", turn.conversation)
        else:
            await command(here, ada, turn, what, title=f"Name {dice.randrange(1000)}")


def _many(owner: User, count: int) -> None:
    now = clock.now()
    Conversation.objects.bulk_create(
        Conversation(owner=owner, title=f"Number {n}", model_name="m", active_at=now - n * DAY / 24)
        for n in range(count)
    )
