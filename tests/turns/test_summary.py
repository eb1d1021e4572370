"""Summaries of earlier turns: when one is made, what stands in its place meanwhile, and what never gets into it."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations import clock, scale
from conversations.glm import Finish, Usage
from conversations.models import (
    CallKind,
    ContextEnd,
    Conversation,
    Message,
    Role,
    Summary,
    SummaryState,
    Turn,
    TurnState,
    UpstreamCall,
    User,
)
from conversations.moderation import Concern, open_case
from conversations.turns import context, reaper, start, summary
from conversations.turns.errors import Busy, Missing, Unfit
from conversations.turns.runner import Reason
from tests import people
from tests.fake_glm import FakeGlm, Script, end, flagged, refusal, stop, text
from tests.turns.running import new_runner, ran
from tests.waiting import SECONDS, eventually_async

SHORT = [*text("They counted."), *stop(Usage(prompt=60, completion=4, total=64))]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "_factors", {})


@pytest.fixture
def conversation(ada: User) -> Conversation:
    made = people.long_conversation(ada, 4)
    return Conversation.objects.select_related("owner").get(pk=made.pk)


def wanted(conversation: Conversation) -> Summary:
    return context.ask_for_summary(conversation.owner, conversation.code)


def now(made: Summary) -> Summary:
    return Summary.objects.select_related("message", "conversation__owner").get(pk=made.pk)


async def made(conversation: Conversation, *scripts: Script) -> tuple[Summary, FakeGlm]:
    row, glm = await sync_to_async(wanted)(conversation), FakeGlm(*scripts)
    await summary.make(row.pk, glm, people.RUNNER)  # type: ignore[arg-type]
    return await sync_to_async(now)(row), glm


def prompt_of(turn: Turn) -> list[str]:
    return [message.content for message in people.claimed(turn).request.messages]


class TestOnRequest:
    async def test_holds_all_but_the_last_turn(self, conversation: Conversation) -> None:
        row, glm = await made(conversation, SHORT)
        (request,) = glm.requests
        assert "Answer 2" in request.messages[0].content
        assert "Question 3" not in request.messages[0].content
        assert (row.state, row.text, row.turn_count) == (SummaryState.DONE, "They counted.", 3)
        assert row.message.context_end == ContextEnd.SUMMARY

    async def test_is_what_the_next_prompt_has_of_what_was_before(self, conversation: Conversation) -> None:
        await made(conversation, SHORT)
        turn = await sync_to_async(people.asked)(conversation.owner, "And?", conversation)
        sent = await sync_to_async(prompt_of)(turn)
        assert "They counted." in sent[0]
        assert sent[1:] == ["Question 3", "Answer 3", "And?"]

    async def test_keeps_the_originals(self, conversation: Conversation) -> None:
        before = await sync_to_async(people.path_of)(conversation)
        await made(conversation, SHORT)
        assert await sync_to_async(people.path_of)(conversation) == before

    async def test_has_a_call_row_of_its_own(self, conversation: Conversation, settings: Any) -> None:
        settings.CHATSITE_SUMMARY_MODEL = "glm-4.6"
        await made(conversation, SHORT)
        row = await UpstreamCall.objects.aget(kind=CallKind.SUMMARY)
        assert (row.turn_id, row.model_asked, row.prompt_tokens) == (None, "glm-4.6", 60)
        assert row.parameters == {"v": 1, "thinking": {"type": "disabled"}, "max_tokens": summary.MOST_TOKENS}
        assert row.prompt_estimate

    async def test_of_one_turn_holds_that(self, ada: User) -> None:
        turn = await sync_to_async(people.answered)(ada, "Tides?", "The moon.")
        row, glm = await made(turn.conversation, SHORT)
        assert "The moon." in glm.requests[0].messages[0].content
        assert row.message_id == turn.reply_id

    async def test_is_made_of_the_summary_before_and_what_came_since(self, conversation: Conversation) -> None:
        await made(conversation, SHORT)
        await sync_to_async(people.answered)(conversation.owner, "And?", "Then.", conversation)
        _, glm = await made(conversation, SHORT)
        material = glm.requests[0].messages[0].content
        assert "They counted." in material
        assert "Answer 3" in material
        assert "Answer 2" not in material

    def test_of_nothing_is_refused(self, ada: User) -> None:
        turn = people.answered(ada)
        context.clear(ada, turn.conversation.code)
        with pytest.raises(Unfit):
            wanted(turn.conversation)

    def test_is_asked_for_once(self, conversation: Conversation) -> None:
        wanted(conversation)
        with pytest.raises(Unfit):
            wanted(conversation)

    def test_of_a_stranger_is_missing(self, conversation: Conversation) -> None:
        with pytest.raises(Missing):
            context.ask_for_summary(people.person("bob"), conversation.code)

    async def test_that_was_stopped_comes_to_nothing(self, conversation: Conversation) -> None:
        row, glm = await sync_to_async(wanted)(conversation), FakeGlm([asyncio.Event(), *SHORT])
        task = asyncio.get_running_loop().create_task(summary.make(row.pk, glm, people.RUNNER))  # type: ignore[arg-type]
        await eventually_async(lambda: glm.open)
        stopped = await sync_to_async(context.stop_summary)(conversation.owner, conversation.code, row.code)
        task.cancel()
        await asyncio.wait([task])
        assert stopped.state == SummaryState.STOPPED
        assert (await sync_to_async(now)(row)).state == SummaryState.STOPPED
        assert (await UpstreamCall.objects.aget(kind=CallKind.SUMMARY)).ended_at

    async def test_that_was_cut_off_is_wanted_again(self, conversation: Conversation) -> None:
        row, glm = await sync_to_async(wanted)(conversation), FakeGlm([asyncio.Event(), *SHORT])
        task = asyncio.get_running_loop().create_task(summary.make(row.pk, glm, people.RUNNER))  # type: ignore[arg-type]
        await eventually_async(lambda: glm.open)
        task.cancel()
        await asyncio.wait([task])
        assert (await sync_to_async(now)(row)).state == SummaryState.WANTED

    def test_whose_maker_was_killed_is_made_again(self, conversation: Conversation) -> None:
        row = wanted(conversation)
        assert summary.begin(row.pk, people.RUNNER)
        assert summary.take_over() == 0
        Summary.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
        assert summary.take_over() == 1
        assert summary.wanted_ids() == [row.pk]
        assert summary.begin(row.pk, people.OTHER_RUNNER)
        assert summary.take_over(people.OTHER_RUNNER) == 0
        assert summary.take_over(people.RUNNER) == 1

    def test_of_a_maker_that_was_thought_dead_changes_nothing_any_more(self, conversation: Conversation) -> None:
        row = wanted(conversation)
        late = summary.begin(row.pk, people.RUNNER)
        Summary.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
        summary.take_over()
        assert late
        assert summary.begin(row.pk, people.OTHER_RUNNER)
        assert not summary.end(late, summary.Made("Too late.", summary.CallEnd()))
        assert now(row).state == SummaryState.MAKING


class TestThatFails:
    @pytest.mark.parametrize(
        ("script", "trouble"),
        [
            (refusal("1113", 429), "money"),
            (refusal("1301", 400, role="history"), "refused"),
            ([*text("They"), flagged("assistant"), *end(Finish.SENSITIVE)], "refused"),
            ([*text("They"), *end(Finish.NETWORK_ERROR)], "network"),
            ([*text(" \n"), *stop()], "empty"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    async def test_leaves_the_conversation_as_it_is(
        self, conversation: Conversation, script: Script, trouble: str
    ) -> None:
        row, _ = await made(conversation, script)
        assert (row.state, row.trouble, row.text, row.message.context_end) == ("failed", trouble, "", "")

    async def test_may_be_asked_for_again(self, conversation: Conversation) -> None:
        first, _ = await made(conversation, refusal("1113", 429))
        row, _ = await made(conversation, SHORT)
        assert (row.pk, row.state, row.trouble) == (first.pk, SummaryState.DONE, "")


class TestOfATurnWithoutRoom:
    """GLM says so, or we know before."""

    async def test_is_made_before_the_question_is_asked(self, conversation: Conversation, settings: Any) -> None:
        settings.CHATSITE_CONTEXT_LIMIT = 50
        turn = await sync_to_async(people.asked)(conversation.owner, "And?", conversation)
        turn, glm = await ran(turn, SHORT, [*text("Five."), *stop()])
        request, question = glm.requests
        assert "Summarise the following" in request.messages[0].content
        assert question.messages[-1].content == "And?"
        assert "They counted." in question.messages[0].content
        assert (turn.state, turn.needs_room) == (TurnState.COMPLETED, False)
        kinds = UpstreamCall.objects.filter(turn_code=turn.code).order_by("pk").values_list("kind", "attempt")
        assert await sync_to_async(list)(kinds) == [("summary", 1), ("chat", 1)]

    async def test_is_not_made_while_there_is_room(self, conversation: Conversation, settings: Any) -> None:
        settings.CHATSITE_CONTEXT_LIMIT = 8000
        turn = await sync_to_async(people.asked)(conversation.owner, "And?", conversation)
        _, glm = await ran(turn, [*text("Five."), *stop()])
        assert len(glm.requests) == 1

    async def test_that_comes_to_nothing_lets_the_question_be_asked_as_it_is(
        self, conversation: Conversation, settings: Any
    ) -> None:
        settings.CHATSITE_CONTEXT_LIMIT = 50
        turn = await sync_to_async(people.asked)(conversation.owner, "And?", conversation)
        turn, glm = await ran(turn, refusal("1234", 500), [*text("Five."), *stop()])
        assert turn.state == TurnState.COMPLETED
        assert len(glm.requests[1].messages) == 9

    async def test_stops_with_it(self, conversation: Conversation, settings: Any) -> None:
        settings.CHATSITE_CONTEXT_LIMIT = 50
        turn = await sync_to_async(people.asked)(conversation.owner, "And?", conversation)
        glm = FakeGlm([asyncio.Event(), *SHORT])
        runner = await sync_to_async(new_runner)(turn, glm)
        task = asyncio.get_running_loop().create_task(runner.run())
        await eventually_async(lambda: glm.open)
        runner.end(Reason.STOPPED)
        await asyncio.wait_for(task, SECONDS)
        turn, row = await sync_to_async(people.fresh)(turn), await Summary.objects.aget()
        assert (turn.state, turn.needs_room, row.state) == (TurnState.STOPPED, False, SummaryState.STOPPED)

    async def test_takes_the_place_of_one_that_was_asked_for(self, conversation: Conversation, settings: Any) -> None:
        settings.CHATSITE_CONTEXT_LIMIT = 50
        other = await sync_to_async(wanted)(conversation)
        turn = await sync_to_async(people.asked)(conversation.owner, "And?", conversation)
        await ran(turn, SHORT, [*text("Five."), *stop()])
        assert (await sync_to_async(now)(other)).state == SummaryState.STOPPED

    async def test_of_a_window_that_was_full_before_the_first_word(self, conversation: Conversation) -> None:
        turn = await sync_to_async(people.asked)(conversation.owner, "And?", conversation)
        turn, glm = await ran(turn, end(Finish.CONTEXT_FULL), SHORT, [*text("Five."), *stop()])
        assert (turn.state, len(glm.requests)) == (TurnState.COMPLETED, 3)

    async def test_of_a_reply_that_filled_the_window_lets_it_go_on(self, conversation: Conversation) -> None:
        turn = await sync_to_async(people.asked)(conversation.owner, "And?", conversation)
        turn, _ = await ran(turn, [*text("Five, "), *end(Finish.CONTEXT_FULL)])
        more = await Turn.objects.select_related("reply").aget(state=TurnState.QUEUED)
        assert (more.question_id, more.reply.continues, more.needs_room) == (turn.reply_id, True, True)
        more, glm = await ran(more, SHORT, [*text("six."), *stop()])
        assert more.state == TurnState.COMPLETED
        sent = [each.content for each in glm.requests[1].messages]
        assert ("They counted." in sent[0], sent[1:3]) == (True, ["And?", "Five, "])

    async def test_happens_once(self, conversation: Conversation) -> None:
        turn = await sync_to_async(people.asked)(conversation.owner, "And?", conversation)
        await ran(turn, [*text("Five, "), *end(Finish.CONTEXT_FULL)])
        more = await Turn.objects.aget(state=TurnState.QUEUED)
        await ran(more, SHORT, [*text("six, "), *end(Finish.CONTEXT_FULL)])
        assert not await Turn.objects.filter(state=TurnState.QUEUED).aexists()

    def test_of_a_killed_process_is_not_made_again_by_itself(self, conversation: Conversation, settings: Any) -> None:
        settings.CHATSITE_CONTEXT_LIMIT = 50
        turn = people.running(conversation.owner, "And?", conversation)
        assert summary.begin_for(turn.pk, people.RUNNER)
        Turn.objects.filter(pk=turn.pk).update(lease_until=clock.now() - dt.timedelta(seconds=1))
        Summary.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
        reaper.reap_silent()
        summary.take_over()
        assert (people.fresh(turn).state, Summary.objects.get().state) == ("interrupted", "stopped")
        assert people.path_of(conversation)[-2:] == ["And?", ""]


class TestEverySoManyTurns:
    @pytest.mark.parametrize(("every", "turn_count", "is_wanted"), [(3, 3, False), (3, 4, True), (0, 9, False)])
    def test_earlier_ones_are_summarised(self, ada: User, every: int, turn_count: int, is_wanted: bool) -> None:
        User.objects.filter(pk=ada.pk).update(summary_every=every)
        conversation = people.long_conversation(ada, turn_count - 1)
        people.ended(people.running(ada, "And?", conversation), text_parts("Five."), finish="stop")
        assert Summary.objects.filter(state=SummaryState.WANTED).exists() is is_wanted

    def test_a_conversation_may_have_its_own_number(self, ada: User) -> None:
        User.objects.filter(pk=ada.pk).update(summary_every=3)
        conversation = people.long_conversation(ada, 4)
        Conversation.objects.filter(pk=conversation.pk).update(summary_every=0)
        people.ended(people.running(ada, "And?", conversation), text_parts("Five."), finish="stop")
        assert not Summary.objects.exists()


class TestAWithdrawnMessage:
    def withdraw(self, conversation: Conversation, place: int) -> None:
        node = conversation.tree().path[place]
        message = Message.objects.select_related("conversation__owner").get(pk=node.id)
        message.conversation.next_revision()
        open_case(message, [Concern("finish", "assistant" if message.role == Role.ASSISTANT else "user")])

    async def test_takes_the_summary_along_which_is_made_anew_without_it(self, conversation: Conversation) -> None:
        row, _ = await made(conversation, SHORT)
        await sync_to_async(self.withdraw)(conversation, 3)
        row = await sync_to_async(now)(row)
        assert (row.state, row.text, row.message.context_end) == (SummaryState.WANTED, "", "")
        glm = FakeGlm(SHORT)
        await summary.make(row.pk, glm, people.RUNNER)  # type: ignore[arg-type]
        assert "Answer 1" not in glm.requests[0].messages[0].content
        assert (await sync_to_async(now)(row)).state == SummaryState.DONE

    async def test_after_the_summary_leaves_it(self, conversation: Conversation) -> None:
        row, _ = await made(conversation, SHORT)
        await sync_to_async(self.withdraw)(conversation, 7)
        assert (await sync_to_async(now)(row)).state == SummaryState.DONE

    async def test_takes_summaries_of_summaries_along(self, conversation: Conversation) -> None:
        first, _ = await made(conversation, SHORT)
        await sync_to_async(people.answered)(conversation.owner, "And?", "Then.", conversation)
        second, _ = await made(conversation, SHORT)
        await sync_to_async(self.withdraw)(conversation, 3)
        assert not await Summary.objects.filter(pk=first.pk).aexists()
        assert (await sync_to_async(now)(second)).state == SummaryState.WANTED

    def test_while_the_summary_is_made_lets_it_be_made_again(self, conversation: Conversation) -> None:
        row = wanted(conversation)
        errand = summary.begin(row.pk, people.RUNNER)
        assert errand
        self.withdraw(conversation, 3)
        assert not summary.end(errand, summary.Made("They counted.", summary.CallEnd()))
        assert (now(row).state, now(row).text) == (SummaryState.WANTED, "")


class TestTheContext:
    def test_that_was_cleared_begins_with_the_next_question(self, conversation: Conversation) -> None:
        Conversation.objects.update(system_prompt="Be brief.")
        context.clear(conversation.owner, conversation.code)
        assert prompt_of(people.asked(conversation.owner, "And?", conversation)) == ["Be brief.", "And?"]

    def test_reaches_back_again(self, conversation: Conversation) -> None:
        message = context.clear(conversation.owner, conversation.code)
        context.reach_back(conversation.owner, conversation.code, message.code)
        assert len(prompt_of(people.asked(conversation.owner, "And?", conversation))) == 9

    async def test_reaches_back_to_the_summary_first(self, ada: User) -> None:
        turn = await sync_to_async(people.answered)(ada, "Tides?", "The moon.")
        row, _ = await made(turn.conversation, SHORT)
        message = await sync_to_async(context.clear)(ada, turn.conversation.code)
        ends = []
        for _ in range(2):
            await sync_to_async(context.reach_back)(ada, turn.conversation.code, message.code)
            ends.append((await Message.objects.aget(pk=message.pk)).context_end)
        assert ends == [ContextEnd.SUMMARY, ""]
        assert not await Summary.objects.filter(pk=row.pk).aexists()

    def test_of_another_branch_is_not_ended(self, ada: User) -> None:
        turn = people.answered(ada, "Tides?", "The moon.")
        more = people.answered(ada, "And?", "The sun.", turn.conversation)
        context.clear(ada, turn.conversation.code)
        edited = start.edit_and_resend(people.order(ada), turn.conversation.code, more.question.code, "Else?")
        assert prompt_of(edited) == ["Tides?", "The moon.", "Else?"]

    def test_is_not_cleared_in_mid_reply(self, ada: User) -> None:
        turn = people.running(ada)
        with pytest.raises(Busy):
            context.clear(ada, turn.conversation.code)

    def test_of_a_stranger_is_missing(self, conversation: Conversation) -> None:
        bob = people.person("bob")
        for act in (context.clear, lambda *whom: context.reach_back(*whom, conversation.code)):
            with pytest.raises(Missing):
                act(bob, conversation.code)


class TestTheScale:
    def test_is_what_glm_counted_of_what_was_estimated(self, ada: User, settings: Any) -> None:
        settings.CHATSITE_CONTEXT_LIMIT = 3000
        people.ended(people.running(ada), text_parts("Hi."))
        UpstreamCall.objects.update(prompt_estimate=100, prompt_tokens=150)
        scale.refresh()
        assert (scale.tokens(200, people.MODEL), scale.tokens(200, "another")) == (300, 200)
        assert (scale.room_of(people.MODEL), scale.estimate_of_room(people.MODEL)) == (3000, 2000)
        assert scale.room_of("nobody-knows") == 3000


def text_parts(words: str) -> Any:
    return people.text_part(words)
