"""Titles found by a model: when one is asked for, what may become of it, and what never leaks into it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations import broadcast, clock
from conversations.glm import Finish, GlmError, Usage
from conversations.models import CallKind, Conversation, Flag, ReviewCase, Turn, TurnState, UpstreamCall, User
from conversations.moderation import Concern, open_case
from conversations.turns import title
from tests import people
from tests.fake_glm import FakeGlm, Script, Step, end, flagged, refusal, stop, text

TITLE = [*text("Tides ", "and moons"), *stop(Usage(prompt=40, completion=5, total=45))]


def now(turn: Turn) -> Conversation:
    return people.fresh(turn).conversation


async def found(turn: Turn, *scripts: Script) -> tuple[Conversation, FakeGlm]:
    glm = FakeGlm(*scripts)
    await title.find(turn.pk, glm)  # type: ignore[arg-type]
    return await sync_to_async(now)(turn), glm


def call() -> UpstreamCall:
    return UpstreamCall.objects.get(kind=CallKind.TITLE)


@pytest.fixture
def turn(ada: User) -> Turn:
    return people.answered(ada, "What makes the tides?", "The moon.")


class TestATitle:
    async def test_replaces_the_first_words(self, turn: Turn) -> None:
        before = await sync_to_async(now)(turn)
        after, glm = await found(turn, TITLE)
        assert (before.title, after.title) == ("What makes the tides?", "Tides and moons")
        assert (after.title_is_own, after.title_is_wanted) == (False, False)
        assert after.revision == before.revision + 1
        assert after.listed_revision == after.owner.revision == before.owner.revision + 1
        asked = glm.requests[0].messages[0].content
        assert "What makes the tides?" in asked
        assert "The moon." in asked

    async def test_is_told_to_open_pages(
        self, turn: Turn, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        heard: list[Any] = []
        monkeypatch.setattr(broadcast, "publish", heard.append)
        errand = await sync_to_async(title.begin)(turn.pk)
        assert errand is not None

        def write() -> None:
            with django_capture_on_commit_callbacks(execute=True):
                title.end(errand, title.Found("Tides", title.CallEnd()))

        await sync_to_async(write)()
        assert {type(event) for event in heard} == {broadcast.ConversationMoved, broadcast.ListMoved}

    async def test_has_a_call_row_that_is_no_part_of_the_reply(self, turn: Turn, settings: Any) -> None:
        settings.CHATSITE_TITLE_MODEL = "glm-4.6"
        _, glm = await found(turn, TITLE)
        row = await sync_to_async(call)()
        assert (row.turn_id, row.turn_code, row.person_code) == (None, turn.code, turn.person.code)
        assert (row.model_asked, glm.requests[0].model) == ("glm-4.6", "glm-4.6")
        assert row.parameters == {"v": 1, "thinking": {"type": "disabled"}, "max_tokens": title.MOST_TOKENS}
        assert (row.prompt_tokens, row.completion_tokens, row.finish) == (40, 5, "stop")
        assert row.request_id == glm.requests[0].request_id
        assert None not in (row.ended_at, row.first_byte_at)

    async def test_is_asked_of_the_conversations_own_model(self, turn: Turn) -> None:
        assert (await found(turn, TITLE))[1].requests[0].model == turn.model_name

    async def test_is_asked_for_once(self, turn: Turn, ada: User) -> None:
        await found(turn, TITLE)
        again = await sync_to_async(people.answered)(ada, "And the wind?", "The sun.", turn.conversation)
        after, glm = await found(again)
        assert (after.title, glm.requests) == ("Tides and moons", [])

    async def test_is_asked_for_once_by_replies_that_end_together(self, turn: Turn) -> None:
        assert await sync_to_async(title.begin)(turn.pk) is not None
        assert await sync_to_async(title.begin)(turn.pk) is None


def renamed(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(title="Mine", title_is_own=True)


def deleted(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(deleted_at=conversation.created_at)


class TestNoTitleIsAskedFor:
    @pytest.mark.parametrize("happened", [renamed, deleted])
    async def test_once_the_person_has_settled_the_matter(
        self, turn: Turn, happened: Callable[[Conversation], None]
    ) -> None:
        await sync_to_async(happened)(turn.conversation)
        assert (await found(turn))[1].requests == []

    @pytest.mark.parametrize("state", [TurnState.FAILED, TurnState.STOPPED, TurnState.INTERRUPTED])
    async def test_after_a_reply_that_did_not_end_well(self, ada: User, state: TurnState) -> None:
        broken = await sync_to_async(lambda: people.ended(people.running(ada), people.text_part("Half"), state))()
        after, glm = await found(broken)
        assert (after.title, after.title_is_wanted, glm.requests) == ("Hello?", True, [])

    async def test_of_a_withheld_reply(self, ada: User) -> None:
        withheld = await sync_to_async(people.withheld)(ada)
        assert (await found(withheld))[1].requests == []

    async def test_of_a_turn_that_is_gone(self, turn: Turn) -> None:
        await turn.conversation.adelete()
        glm = FakeGlm()
        await title.find(turn.pk, glm)  # type: ignore[arg-type]
        assert glm.requests == []

    async def test_but_for_the_next_clean_reply(self, ada: User) -> None:
        first = await sync_to_async(people.withheld)(ada, "First", "A secret.")
        second = await sync_to_async(people.answered)(ada, "Second", "Fine.", first.conversation)
        _, glm = await found(second, TITLE)
        asked = glm.requests[0].messages[0].content
        assert "Second" in asked
        assert "A secret." not in asked


class TestFailure:
    """Nobody is told; the first words stay."""

    @pytest.mark.parametrize(
        ("failure", "may_try_again"),
        [
            (refusal("1302", 429), True),
            (refusal("1305", 429), True),
            (refusal("500", 500), True),
            (refusal("1113", 429), False),
            (refusal("1211", 400), False),
        ],
    )
    async def test_of_glm(self, turn: Turn, failure: GlmError, may_try_again: bool) -> None:
        after, _ = await found(turn, failure)
        row = await sync_to_async(call)()
        assert (after.title, after.title_is_wanted) == ("What makes the tides?", may_try_again)
        assert (row.business_code, row.http_status) == (failure.code, failure.http_status)
        assert row.ended_at is not None

    @pytest.mark.parametrize(
        "script",
        [
            [*text("x" * 200), *stop()],
            [*text("  "), *stop()],
            [*text("Half a ti"), *end(Finish.LENGTH)],
            [*text("Half a ti"), *end(Finish.NETWORK_ERROR)],
        ],
    )
    async def test_of_the_answer(self, turn: Turn, script: list[Step]) -> None:
        after, _ = await found(turn, script)
        assert (after.title, after.title_is_wanted) == ("What makes the tides?", False)

    async def test_by_silence(self, turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(title, "DEADLINE", 0.01)
        after, _ = await found(turn, [asyncio.Event()])
        assert (after.title, after.title_is_wanted) == ("What makes the tides?", True)
        assert (await sync_to_async(call)()).finish == "deadline"

    async def test_by_an_end_of_the_process_leaves_no_open_call(self, turn: Turn) -> None:
        glm = FakeGlm([asyncio.Event()])
        finding = asyncio.get_running_loop().create_task(title.find(turn.pk, glm))  # type: ignore[arg-type]
        while not glm.open:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0)
        finding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await finding
        row, after = await sync_to_async(call)(), await sync_to_async(now)(turn)
        assert (row.finish, after.title_is_wanted) == ("interrupted", True)
        assert row.ended_at is not None

    async def test_by_a_kill_is_closed_at_a_later_start(self, turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
        await sync_to_async(title.begin)(turn.pk)
        later = clock.now() + dt.timedelta(seconds=2 * title.DEADLINE + 1)
        monkeypatch.setattr(clock, "now", lambda: later)
        await sync_to_async(title.end_abandoned)()
        assert (await sync_to_async(call)()).ended_at is not None


class TestWhileATitleIsOnItsWay:
    """What happened meanwhile wins."""

    async def asked_while(self, turn: Turn, meanwhile: Callable[[], object]) -> Conversation:
        errand = await sync_to_async(title.begin)(turn.pk)
        assert errand is not None
        await sync_to_async(meanwhile)()
        await sync_to_async(title.end)(errand, title.Found("Tides and moons", title.CallEnd()))
        return await sync_to_async(now)(turn)

    async def test_a_name_of_the_persons_own_stays(self, turn: Turn) -> None:
        assert (await self.asked_while(turn, lambda: renamed(turn.conversation))).title == "Mine"

    async def test_a_withdrawn_reply_leaves_no_word_in_the_title(self, turn: Turn) -> None:
        after = await self.asked_while(turn, lambda: withdraw(people.fresh(turn).reply))
        assert (after.title, after.title_is_wanted) == ("What makes the tides?", True)

    async def test_a_title_that_was_asked_for_before_a_withdrawal_never_comes(self, ada: User, turn: Turn) -> None:
        """Also when another one is under way by then."""

        def meanwhile() -> None:
            withdraw(people.fresh(turn).reply)
            later = people.answered(ada, "And the wind?", "The sun.", turn.conversation)
            assert title.begin(later.pk) is not None

        assert (await self.asked_while(turn, meanwhile)).title == "What makes the tides?"

    async def test_the_deletion_of_the_conversation_is_no_trouble(self, turn: Turn) -> None:
        await self.asked_while(turn, lambda: deleted(turn.conversation))
        errand = title.Errand(turn.conversation.pk, (1, 2), None, 0)  # type: ignore[arg-type]
        await turn.conversation.adelete()
        await sync_to_async(title.end)(errand, title.Found("Tides", title.CallEnd()))


def withdraw(message: Any) -> None:
    message.conversation.next_revision()
    open_case(message, [Concern("finish", message.role)])


class TestAfterAWithdrawal:
    async def test_the_title_goes_and_another_is_found(self, ada: User, turn: Turn) -> None:
        await found(turn, TITLE)
        second = await sync_to_async(people.answered)(ada, "And the wind?", "The sun.", turn.conversation)
        await sync_to_async(lambda: withdraw(people.fresh(turn).reply))()
        after = await sync_to_async(now)(turn)
        assert (after.title, after.title_is_wanted) == ("What makes the tides?", True)
        after, glm = await found(second, [*text("Wind and sun"), *stop()])
        assert after.title == "Wind and sun"
        assert "The moon." not in glm.requests[0].messages[0].content

    async def test_of_a_question_its_words_go_too(self, ada: User, turn: Turn) -> None:
        await found(turn, TITLE)
        await sync_to_async(people.answered)(ada, "And the wind?", "The sun.", turn.conversation)
        await sync_to_async(lambda: withdraw(people.fresh(turn).question))()
        assert (await sync_to_async(now)(turn)).title == "And the wind?"


class TestAJudgementOnTheRequest:
    """Nobody sees a title that GLM judged; what it was made of is put before a person."""

    @pytest.mark.parametrize(
        ("script", "source", "level"),
        [
            ([*text("A title"), flagged("assistant", 1), *stop()], "content_filter", 1),
            ([*text("A title"), flagged("history", 1), *stop()], "content_filter", 1),
            ([flagged("user", 0), *end(Finish.SENSITIVE)], "finish", 0),
            (refusal("1301", 400, role="history", level=2), "http_1301", 2),
        ],
    )
    async def test_opens_a_case_for_each_message(self, turn: Turn, script: Any, source: str, level: int) -> None:
        after, _ = await found(turn, script)

        def facts() -> list[tuple[Any, ...]]:
            named = ReviewCase.objects.values_list("message_code", "source", "level", "flags__call_code")
            return sorted(named, key=str)

        row = await sync_to_async(call)()
        assert [each["level"] for each in row.content_filter] == [level]
        messages = [turn.question.code, turn.reply.code]
        expected = sorted(((code, source, level, row.code) for code in messages), key=str)
        assert await sync_to_async(facts)() == expected
        assert after.title == ""
        again = await sync_to_async(people.fresh)(turn)
        assert (again.question.visibility, again.reply.visibility) == ("blocked", "held")

    async def test_that_is_mild_is_only_written_down(self, turn: Turn) -> None:
        await found(turn, [*text("A title"), flagged("assistant", 3), *stop()])
        assert await sync_to_async(Flag.objects.filter(case=None, source="content_filter").count)() == 2
        assert not await sync_to_async(ReviewCase.objects.exists)()

    async def test_leaves_alone_what_a_person_has_released(self, turn: Turn) -> None:
        def release() -> None:
            for message in (turn.question, turn.reply):
                message.conversation = people.fresh(turn).conversation
                message.conversation.next_revision()
                open_case(message, [Concern("staff", message.role, 1)])
                people.released(message)

        await sync_to_async(release)()
        await found(turn, refusal("1301", 400, role="user", level=1))
        assert not await sync_to_async(ReviewCase.objects.undecided().exists)()
