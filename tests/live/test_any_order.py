"""Whatever happens, in whatever order, and however much of it a tab misses: in the end it shows what is true."""

import random
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations import broadcast, moderation
from conversations.live import pulse
from conversations.models import Conversation, Message, ReviewCase, Role, TurnState, User
from conversations.moderation import Concern
from conversations.turns import start
from conversations.turns.errors import Unfit
from tests import people
from tests.live.site import Site, Tab, Writing, ask, served, written

pytestmark = pytest.mark.django_db

WORDS = (
    "plain words ",
    "\n\n",
    "# Title\n\n",
    "- item\n",
    "**strong** ",
    "```\ncode\n```\n\n",
    "你好，",
    "<b> & ",
)
MOST_LOST = 0.3


class Story:
    """A conversation to which things happen."""

    def __init__(self, site: Site, person: User, seed: int) -> None:
        self.site, self.person, self.dice = site, person, random.Random(seed)
        self.code = uuid.uuid4()
        self.writing: Writing | None = None
        self.judge: User | None = None

    async def go_on(self) -> None:
        """One more thing that can happen now."""
        if self.writing is None:
            await self.dice.choice([self._ask, self._ask, self._again, self._other, self._decide])()
        else:
            await self.dice.choice([self._write] * 6 + [self._restart, self._end, self._flag, self._stop])()

    async def _begin(self, command: Any, *args: Any) -> None:
        turn = await self.site.do(command, people.order(self.person), *args)
        self.writing = await written(self.site, turn)

    async def _ask(self) -> None:
        await self._begin(start.send, self.code, self.dice.choice(WORDS) + "?")

    async def _again(self) -> None:
        if reply := await self._message(Role.ASSISTANT):
            try:
                await self._begin(start.regenerate, self.code, reply.code)
            except Unfit:
                await self._ask()

    async def _other(self) -> None:
        if message := await self._message():
            await self.site.do(start.show_alternative, self.person, self.code, message.code)

    async def _decide(self) -> None:
        case = await sync_to_async(ReviewCase.objects.filter(state="open").first)()
        if case is not None:
            self.judge = self.judge or await sync_to_async(people.reviewer)()
            verdict, reason = self.dice.choice([(moderation.release, "harmless"), (moderation.uphold, "unlawful")])
            await self.site.do(verdict, case, self.judge, reason)
            await self.site.do(moderation.announce, case)

    async def _write(self) -> None:
        assert self.writing is not None
        self.writing.write(self.dice.choice(WORDS), self.dice.choice(["text", "text", "reasoning"]))

    async def _restart(self) -> None:
        assert self.writing is not None
        self.writing.log.restart()

    async def _end(self, state: TurnState = TurnState.COMPLETED, *concerns: Concern, finish: str = "stop") -> None:
        ending, self.writing = self.writing, None
        assert ending is not None
        await ending.end(state, *concerns, finish=finish)

    async def _flag(self) -> None:
        role = self.dice.choice(["assistant", "user", "history", ""])
        await self._end(TurnState.FILTERED, Concern("finish", role, 1), finish="sensitive")

    async def _stop(self) -> None:
        await self._end(TurnState.STOPPED, finish="")

    async def _message(self, role: str | None = None) -> Message | None:
        rows = Message.objects.filter(conversation__code=self.code, **({"role": role} if role else {}))
        found = await sync_to_async(list)(rows)
        return self.dice.choice(found) if found else None


async def true_of(tab: Tab, story: Story) -> None:
    page = await story.site.fresh(story.person, story.code)
    if story.writing is None:
        await tab.until_like(page)
    else:  # an open tail may still be shown otherwise than a fresh rendering would, but its letters are there
        await tab.until(lambda: _letters(tab) == "".join(filter(str.isalpha, page.text())))


def _letters(tab: Tab) -> str:
    return "".join(filter(str.isalpha, tab.page.text()))


@pytest.mark.parametrize("seed", range(2))
async def test_a_tab_ends_up_with_the_truth(seed: int, django_capture_on_commit_callbacks: Any) -> None:
    ada = await sync_to_async(people.person)()
    async with served(django_capture_on_commit_callbacks) as site:
        story = Story(site, ada, seed)
        await ask_and_answer(story)
        tab = await site.loaded(ada, story.code)
        for _ in range(14):
            await story.go_on()
            await true_of(tab, story)


@pytest.mark.parametrize("seed", range(3))
async def test_a_tab_that_loses_news_and_connections_ends_up_with_the_truth(
    seed: int, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await sync_to_async(people.person)()
    publish = broadcast.publish
    async with served(django_capture_on_commit_callbacks) as site:
        story = Story(site, ada, seed)
        await ask_and_answer(story)
        dice = random.Random(seed)
        monkeypatch.setattr(broadcast, "publish", lambda news: dice.random() < MOST_LOST or publish(news))
        tab = await site.loaded(ada, story.code)
        for _ in range(5):
            for _ in range(dice.randrange(1, 5)):
                await story.go_on()
            if dice.random() < MOST_LOST:
                tab.pump()
                await tab.leave()
                page = tab.page
                await story.go_on()
                tab = await site.connected(ada, story.code)
                tab.page = page
                await tab.greet()
            await pulse.beat()
            await true_of(tab, story)


async def ask_and_answer(story: Story) -> None:
    reply = await written(story.site, await ask(story.site, story.person, story.code))
    reply.write("Hi.")
    await reply.end()
    assert await sync_to_async(Conversation.objects.count)() == 1
