"""People who listen are told what is written, how it ends, and what becomes of it."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations.models import TurnState, User
from conversations.moderation import Concern
from tests import people
from tests.live.page import Page
from tests.live.site import ask, written

pytestmark = pytest.mark.django_db


def spoken(page: Page) -> list[str]:
    region = page.root.find("spoken")
    assert region is not None
    return [each.text for each in region.elements]


async def test_sentences_are_spoken_as_they_end_and_then_the_end(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as here:
        tab = await here.tab(ada, code, revision=0)
        reply = await written(here, await ask(here, ada, code))
        reply.write("Hm, let me see. ", "reasoning")
        await tab.until(lambda: spoken(tab.page) == ["Reasoning."])
        reply.write("First *one*. Second")
        await tab.until(lambda: spoken(tab.page) == ["Reasoning.", "First one."])
        reply.write(" one.\n\n```\ncode. here.\n```\n")
        await reply.end()
        await tab.until(lambda: "The reply is complete" in spoken(tab.page))
        assert " ".join(spoken(tab.page)) == "Reasoning. First one. Second one. Code block. The reply is complete"


async def test_two_tabs_hear_of_one_reply_in_their_languages(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as here:
        english = await here.tab(ada, code, revision=0)
        await here.do(User.objects.filter(pk=ada.pk).update, language="zh-hans")
        chinese = await here.tab(ada, code, revision=0)
        reply = await written(here, await ask(here, ada, code))
        for words in ("One ", "*two*", " three"):  # no sentence ends: the frame is the same for both
            reply.write(words)
            for tab in (english, chinese):
                await tab.until(lambda tab=tab, words=words: words.strip(" *") in tab.page.text())
        reply.write("\n\n```\ncode\n```\n\nfour")
        await english.until(lambda: "Code block." in " ".join(spoken(english.page)))
        await chinese.until(lambda: "代码块。" in " ".join(spoken(chinese.page)))
        for tab in (english, chinese):
            assert "One two three" in tab.page.text()


async def test_who_comes_later_hears_what_comes_from_then_on(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as here:
        first = await here.tab(ada, code, revision=0)
        reply = await written(here, await ask(here, ada, code))
        reply.write("One. ")
        await first.until(lambda: spoken(first.page) == ["One."])
        await first.leave()
        second = await here.loaded(ada, code)
        reply.write("Two. ")
        await second.until(lambda: spoken(second.page) == ["Two."])


@pytest.mark.parametrize(
    ("state", "concerns", "words"),
    [
        (TurnState.STOPPED, (), "You stopped this reply"),
        (TurnState.FILTERED, (Concern("finish", "assistant"),), "This reply is withheld until a person has looked"),
    ],
)
async def test_other_ends_are_spoken_too(
    site: Any, ada: User, code: uuid.UUID, state: TurnState, concerns: tuple[Concern, ...], words: str
) -> None:
    async with site() as here:
        tab = await here.tab(ada, code, revision=0)
        reply = await written(here, await ask(here, ada, code))
        reply.write("One. Two")
        await reply.end(state, *concerns)
        await tab.until(lambda: spoken(tab.page)[-1:] == [words])


async def test_a_refusal_is_spoken_by_its_reason(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as here:
        tab = await here.tab(ada, code, revision=0)
        reply = await written(here, await ask(here, ada, code))
        await reply.end(TurnState.FILTERED, Concern("http_1301", "user"))
        await tab.until(lambda: spoken(tab.page)[-1:] == ["The question was not accepted"])


async def test_an_old_end_is_not_spoken_again(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as here:
        reply = await written(here, await ask(here, ada, code))
        await reply.end(TurnState.STOPPED)
        tab = await here.loaded(ada, code)
        again = await written(here, await ask(here, ada, code, "Again?"))
        again.write("Yes")
        await tab.until(lambda: "Yes" in tab.page.text())
        assert spoken(tab.page) == []


async def test_a_reply_is_busy_while_it_is_written(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as here:
        tab = await here.tab(ada, code, revision=0)
        turn = await ask(here, ada, code)
        reply = await written(here, turn)
        name = f"message-{turn.reply.code}"
        reply.write("你好，世界，今天天气很好。")
        await tab.until(lambda: "世界" in tab.page.text())
        article = tab.page.root.find(name)
        assert article is not None
        assert (article.attributes["aria-busy"], article.attributes["aria-label"]) == ("true", "Reply being written")
        await reply.end()
        await tab.until(lambda: "aria-busy" not in article.attributes)
        assert article.attributes["aria-label"] == "Reply"
        part = tab.page.root.find(f"part-{turn.reply.code}-0")
        assert part is not None
        assert part.attributes["lang"] == "zh"


async def test_a_released_reply_is_announced_by_its_name(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as here:
        reply = await written(here, await ask(here, ada, code))
        reply.write("A secret.")
        await reply.end(TurnState.FILTERED, Concern("finish", "assistant"))
        tab = await here.loaded(ada, code)
        turn = await sync_to_async(people.fresh)(reply.turn)
        await here.do(people.released, turn.reply)
        await tab.until(lambda: "A secret." in tab.page.text())
        assert spoken(tab.page) == ["Reply, released"]
