import asyncio
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer

from conversations import broadcast, moderation
from conversations.live import live_turn, pulse
from conversations.live.outbox import MOST_UNCONFIRMED
from conversations.models import Conversation, Exposure, ReviewCase, TurnState, User
from conversations.moderation import Concern
from conversations.turns import start
from conversations.turns.stop import stop
from tests import people
from tests.live.site import ask, same_as_fresh, written
from tests.waiting import LOOK_EVERY, SECONDS, eventually_async

pytestmark = pytest.mark.django_db

SECRET = "a secret that nobody may see"
FLAG = Concern("finish", "assistant", 1)


class TestAnOpenPage:
    async def test_shows_a_reply_from_the_first_question_to_the_last_word(
        self, site: Any, ada: User, code: uuid.UUID
    ) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            turn = await ask(here, ada, code, "Hello?")
            await tab.until(lambda: "Hello?" in tab.page.text())
            reply = await written(here, turn)
            reply.write("Let me think.", "reasoning")
            reply.write("Hi *there*")
            await tab.until(lambda: "there" in tab.page.text())
            await same_as_fresh(here, tab, ada)
            await reply.end()
            await tab.until(lambda: "Simulated" in tab.page.text())
            await same_as_fresh(here, tab, ada)

    async def test_follows_a_turn_that_was_drawn_while_it_was_queued(
        self, site: Any, ada: User, code: uuid.UUID
    ) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            turn = await ask(here, ada, code)
            await tab.until(lambda: "Queued" in tab.page.text())
            reply = await written(here, turn)
            reply.write("At last")
            await tab.until(lambda: "At last" in tab.page.text())

    async def test_that_was_loaded_in_mid_reply_shows_its_text_once(
        self, site: Any, ada: User, code: uuid.UUID
    ) -> None:
        async with site() as here:
            reply = await written(here, await ask(here, ada, code))
            reply.write("once only")
            tab = await here.loaded(ada, code)
            assert tab.page.text().count("once only") == 1
            reply.write(" and more")
            await tab.until(lambda: "once only and more" in tab.page.text())
            assert tab.page.text().count("once only") == 1
            await reply.end()
            await tab.until(lambda: "Simulated" in tab.page.text())
            await same_as_fresh(here, tab, ada)

    async def test_two_tabs_get_the_same_frames(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tabs = [await here.tab(ada, code, revision=0) for _ in range(2)]
            reply = await written(here, await ask(here, ada, code))
            for tab in tabs:
                await tab.until(lambda tab=tab: "Writing" in tab.page.text() or "Queued" in tab.page.text())
            reply.write("Hi")
            await reply.end()
            for tab in tabs:
                await tab.until(lambda tab=tab: "Simulated" in tab.page.text())
                await same_as_fresh(here, tab, ada)
            assert len(live_turn._live_turns) == 0

    async def test_blanks_text_that_glm_made_void(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            reply = await written(here, await ask(here, ada, code))
            reply.write("void words")
            await tab.until(lambda: "void words" in tab.page.text())
            reply.log.restart()
            await tab.until(lambda: "void" not in tab.page.text())
            reply.write("whole words")
            await reply.end()
            await tab.until(lambda: "Simulated" in tab.page.text())
            await same_as_fresh(here, tab, ada)

    async def test_that_was_away_while_text_became_void_shows_none_of_it(
        self, site: Any, ada: User, code: uuid.UUID
    ) -> None:
        async with site() as here:
            reply = await written(here, await ask(here, ada, code))
            reply.write("void words")
            page = await here.fresh(ada, code)
            reply.log.restart()
            tab = await here.connected(ada, code)
            tab.page = page
            await tab.greet()
            await tab.until(lambda: "void" not in tab.page.text())
            reply.write("whole words")
            await tab.until(lambda: "whole words" in tab.page.text())

    async def test_keeps_the_reply_when_its_path_is_drawn_anew(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            first = await here.do(people.answered, ada, "1", "old answer")
            code = first.conversation.code
            tab = await here.tab(ada, code)
            again = await here.do(start.regenerate, people.order(ada), code, first.reply.code)
            reply = await written(here, again)
            reply.write("new answer")
            await tab.until(lambda: "new answer" in tab.page.text())
            await here.do(start.show_alternative, ada, code, first.reply.code)
            await tab.until(lambda: "old answer" in tab.page.text())
            reply.write(" goes on")
            await here.do(start.show_alternative, ada, code, again.reply.code)
            await tab.until(lambda: "new answer goes on" in tab.page.text())
            await reply.end()
            await tab.until(lambda: "Simulated" in tab.page.text() and "Writing" not in tab.page.text())
            page = await here.fresh(ada, code)
            await tab.until_like(page)

    async def test_shows_a_stop(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            reply = await written(here, await ask(here, ada, code))
            reply.write("so far")
            await reply.end(TurnState.STOPPED, finish="")
            await tab.until(lambda: "You stopped this reply" in tab.page.text())
            await same_as_fresh(here, tab, ada)
            following = await written(here, await ask(here, ada, code, "Next?"))
            await tab.until(lambda: "Next?" in tab.page.text())
            await same_as_fresh(here, tab, ada)
            await following.end()

    async def test_shows_the_stop_of_a_queued_turn(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            turn = await ask(here, ada, code)
            await here.do(stop, ada, code, turn.code)
            await tab.until(lambda: "You stopped this reply" in tab.page.text())
            await same_as_fresh(here, tab, ada)

    async def test_shows_what_a_reaper_stored(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            reply = await written(here, await ask(here, ada, code))
            reply.write("shown but ")
            await tab.until(lambda: "shown but" in tab.page.text())
            await here.do(people.ended, reply.turn, people.text_part("checkpoint"), TurnState.INTERRUPTED)
            await tab.until(lambda: "checkpoint" in tab.page.text())
            await same_as_fresh(here, tab, ada)

    async def test_shows_the_end_of_a_reply_whose_process_died_before_the_first_word(
        self, site: Any, ada: User, code: uuid.UUID
    ) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            reply = await written(here, await ask(here, ada, code))
            await tab.until(lambda: "Hello?" in tab.page.text())
            await here.do(people.ended, reply.turn, (), TurnState.INTERRUPTED)
            await tab.until(lambda: "Cut off by a restart" in tab.page.text())
            await same_as_fresh(here, tab, ada)


class TestAWithdrawnText:
    async def test_leaves_every_tab_and_comes_back_by_release(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tabs = [await here.tab(ada, code, revision=0) for _ in range(2)]
            reply = await written(here, await ask(here, ada, code))
            reply.write(SECRET)
            for tab in tabs:
                await tab.until(lambda tab=tab: SECRET in tab.page.text())
            await reply.end(TurnState.FILTERED, FLAG)
            for tab in tabs:
                await tab.until(lambda tab=tab: "withheld" in tab.page.text())
                assert SECRET not in tab.page.text()
                await same_as_fresh(here, tab, ada)
            late = await here.tab(ada, code)
            await late.until(lambda: "withheld" in late.page.text())
            assert not any(SECRET in frame for frame in late.frames)
            case = await sync_to_async(ReviewCase.objects.get)()
            await here.do(moderation.release, case, await sync_to_async(people.reviewer)(), "harmless")
            await here.do(moderation.announce, case)
            for tab in [*tabs, late]:
                await tab.until(lambda tab=tab: SECRET in tab.page.text())
                await same_as_fresh(here, tab, ada)

    async def test_of_a_question_is_marked_on_pages_that_followed_the_turn(
        self, site: Any, ada: User, code: uuid.UUID
    ) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            reply = await written(here, await ask(here, ada, code, "bad words"))
            await tab.until(lambda: "bad words" in tab.page.text())
            await reply.end(TurnState.FILTERED, Concern("http_1301", "user", 1))
            await tab.until(lambda: "This question was not accepted" in tab.page.text())
            await same_as_fresh(here, tab, ada)


class TestACursor:
    async def test_brings_exactly_what_came_after_it(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            pages = [await here.fresh(ada, (await here.do(people.answered, ada, "1", "2")).conversation.code)]
            conversation = await sync_to_async(Conversation.objects.get)()
            code = conversation.code
            second = await here.do(people.running, ada, "3", conversation)
            pages.append(await here.fresh(ada, code))
            await here.do(people.ended, second, people.text_part("4"))
            pages.append(await here.fresh(ada, code))
            third = await here.do(start.regenerate, people.order(ada), code, second.reply.code)
            pages.append(await here.fresh(ada, code))
            await here.do(stop, ada, code, third.code)
            pages.append(await here.fresh(ada, code))
            await here.do(start.show_alternative, ada, code, second.reply.code)
            for page in pages:
                tab = await here.connected(ada, code)
                tab.page = page
                await tab.greet()
                await same_as_fresh(here, tab, ada)

    async def test_that_is_up_to_date_brings_nothing(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada)
            tab = await here.loaded(ada, turn.conversation.code)
            await tab.stays()

    @pytest.mark.parametrize("said", [{}, {"revision": -5}, {"revision": "7"}, {"revision": 2**60}, {"revision": 9}])
    async def test_that_cannot_be_true_brings_everything(self, said: Any, site: Any, ada: User) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada)
            tab = await here.connected(ada, turn.conversation.code)
            await tab.say(said)
            await same_as_fresh(here, tab, ada)

    async def test_is_told_only_once(self, site: Any, ada: User) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada)
            tab = await here.tab(ada, turn.conversation.code)
            await tab.until(lambda: tab.page.text("messages") and tab.page.text("conversations"))
            await tab.say({"revision": -1})
            await tab.stays()

    @pytest.mark.parametrize(
        "said",
        [" ", "nonsense", "[1]", "null", pytest.param("[" * 60_000, id="brackets"), '{"got": "x"}', '{"got": -1}'],
    )
    async def test_of_nonsense_breaks_nothing(self, said: str, site: Any, ada: User) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada)
            tab = await here.connected(ada, turn.conversation.code)
            await tab.say(said)
            await tab.say({"revision": -1})
            await same_as_fresh(here, tab, ada)


class TestALostPoke:
    @pytest.fixture
    def lost(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(broadcast, "publish", lambda event: None)

    async def test_is_made_good_by_the_pulse(self, lost: None, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            reply = await written(here, await ask(here, ada, code))
            await pulse.beat()
            await tab.until(lambda: "Hello?" in tab.page.text())
            reply.write("Hi")
            await tab.until(lambda: "Hi" in tab.page.text())
            await reply.end()
            await pulse.beat()
            await tab.until(lambda: "Simulated" in tab.page.text())
            await same_as_fresh(here, tab, ada)

    async def test_about_a_queued_turn_is_made_good_by_the_pulse(
        self, lost: None, site: Any, ada: User, code: uuid.UUID
    ) -> None:
        async with site() as here:
            turn = await ask(here, ada, code)
            tab = await here.tab(ada, code)
            await tab.until(lambda: "Queued" in tab.page.text())
            reply = await written(here, turn)
            reply.write("At last")
            await pulse.beat()
            await tab.until(lambda: "At last" in tab.page.text())

    async def test_that_came_twice_changes_nothing(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            turn = await ask(here, ada, code)
            await tab.until(lambda: tab.page.text("messages") and tab.page.text("conversations"))
            for revision in (1, 1, 0):
                broadcast.publish(
                    broadcast.ConversationMoved(str(code), str(ada.code), revision, str(turn.code), grown=True)
                )
            await tab.stays()
            await same_as_fresh(here, tab, ada)

    async def test_of_a_socket_with_a_full_channel_stops_no_other(
        self, lost: None, site: Any, ada: User, code: uuid.UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with site() as here:
            full, other = await here.tab(ada, code, revision=0), await here.tab(ada, code, revision=0)
            await eventually_async(lambda: len(pulse._sockets) == 2)
            await ask(here, ada, code)
            layer, asked = get_channel_layer(), []
            send = layer.send

            async def first_is_full(channel: str, message: dict[str, Any]) -> None:
                asked.append(channel)
                if channel == asked[0]:
                    raise ChannelFull
                await send(channel, message)

            monkeypatch.setattr(layer, "send", first_is_full)
            await pulse.beat()
            assert len(set(asked)) == 2
            await full.until(lambda: (other.pump(), "Hello?" in full.page.text() + other.page.text())[-1])


class TestASlowReader:
    async def test_gets_one_snapshot_when_it_has_caught_up(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            reply = await written(here, await ask(here, ada, code))
            await tab.until(lambda: "Hello?" in tab.page.text())
            reply.write("x" * (MOST_UNCONFIRMED + 1))
            await tab.until(lambda: "xxx" in tab.page.text())
            count = len(tab.frames)
            for _ in range(20):
                reply.write(" later")
            await reply.end()
            await tab.stays()
            assert len(tab.frames) == count
            await tab.say({"got": sum(map(len, tab.frames))})
            await tab.until(lambda: "Simulated" in tab.page.text())
            await same_as_fresh(here, tab, ada)


class TestWhatATabHasShown:
    async def shown(self) -> list[tuple[str, int | None]]:
        rows = Exposure.objects.order_by("pk").values_list("how", "shown")
        return await sync_to_async(list)(rows)

    async def written_down(self, count: int) -> list[tuple[str, int | None]]:
        async with asyncio.timeout(SECONDS):
            while len(rows := await self.shown()) < count:  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(LOOK_EVERY)
        return rows

    async def test_is_written_down_for_every_tab_when_a_flag_comes(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tabs = [await here.tab(ada, code, revision=0) for _ in range(3)]
            reply = await written(here, await ask(here, ada, code))
            reply.write(SECRET)
            for tab in tabs:
                await tab.until(lambda tab=tab: SECRET in tab.page.text())
            await reply.end(TurnState.FILTERED, FLAG)
            for tab in tabs:
                await tab.until(lambda tab=tab: "withheld" in tab.page.text())
            assert await self.written_down(3) == [("socket", len(SECRET))] * 3

    async def test_is_written_down_when_it_closes_in_mid_reply(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            reply = await written(here, await ask(here, ada, code))
            reply.write(SECRET)
            await tab.until(lambda: SECRET in tab.page.text())
            await tab.leave()
            assert await self.written_down(1) == [("socket", len(SECRET))]

    async def test_is_no_matter_when_the_reply_ends_well(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            reply = await written(here, await ask(here, ada, code))
            reply.write("Harmless.")
            await tab.until(lambda: "Harmless." in tab.page.text())
            await reply.end()
            await tab.until(lambda: "regenerate" in "".join(tab.frames))
            assert await self.shown() == []
