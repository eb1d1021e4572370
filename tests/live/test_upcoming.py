"""The message that is next, as open tabs see it."""

import uuid
from typing import Any

from conversations.models import Conversation, TurnState, User
from conversations.turns import upcoming
from conversations.turns.drafts import Typed
from tests import people
from tests.live.site import ask, same_as_fresh, written


def next_text(tab: Any) -> str:
    return str(tab.page.text("composer-next"))


async def store(site: Any, person: User, code: uuid.UUID, text: str = "And then?") -> None:
    assert await site.do(upcoming.store, people.order(person), code, text)


async def test_every_tab_shows_what_is_next_and_what_became_of_it(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as served:
        writing = await written(served, await ask(served, ada, code))
        tabs = [await served.loaded(ada, code) for _ in range(2)]
        await store(served, ada, code)
        for tab in tabs:
            await tab.until(lambda tab=tab: "And then?" in next_text(tab))
            await same_as_fresh(served, tab, ada)
        writing.write("Hi.")
        await writing.end(finish="stop")
        for tab in tabs:
            await tab.until(lambda tab=tab: not next_text(tab) and tab.page.text().count("And then?") == 1)
            await same_as_fresh(served, tab, ada)


async def test_what_stays_after_a_stop_is_shown_and_can_be_taken_back(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as served:
        writing = await written(served, await ask(served, ada, code))
        tab = await served.loaded(ada, code)
        await store(served, ada, code)
        await writing.end(TurnState.STOPPED)
        await tab.until(lambda: "You stopped this reply" in tab.page.text())
        assert "And then?" in next_text(tab)
        await same_as_fresh(served, tab, ada)
        await served.do(upcoming.take_back, ada, code, Typed("", 0, uuid.uuid4()))
        await tab.until(lambda: not next_text(tab))


async def test_the_reply_that_is_followed_is_not_drawn_anew_for_it(site: Any, ada: User, code: uuid.UUID) -> None:
    """Folds, marks and a selection in it stay as they are."""
    async with site() as served:
        writing = await written(served, await ask(served, ada, code))
        tab = await served.loaded(ada, code)
        writing.write("So far")
        await tab.until(lambda: "So far" in tab.page.text())
        tab.frames.clear()
        await store(served, ada, code)
        await tab.until(lambda: "And then?" in next_text(tab))
        assert "So far" not in "".join(tab.frames)
        writing.write(" and on")
        await tab.until(lambda: "So far and on" in tab.page.text())


async def test_a_tab_that_comes_back_is_shown_it(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as served:
        await written(served, await ask(served, ada, code))
        tab = await served.loaded(ada, code)
        await tab.leave()
        await store(served, ada, code)
        revision = (await served.do(Conversation.objects.get)).revision
        back = await served.tab(ada, code, revision=revision - 1)
        await back.until(lambda: "And then?" in next_text(back))
