"""GLM's own count of a context: when it can be had, what is sent for it, and what the gauge makes of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations import clock
from conversations.glm import Usage
from conversations.models import CallKind, ContextCount, Conversation, Turn, TurnState, UpstreamCall, User, text_part
from conversations.turns import context, counting, gauge
from conversations.turns.errors import Missing, Unfit
from conversations.turns.gauge import Counting, Gauge
from tests import people
from tests.fake_glm import FakeGlm, Script, refusal


def telling(total: int) -> dict[str, Any]:
    return {"id": "glm-1", "usage": {"prompt_tokens": total, "total_tokens": total}}


def shown(conversation: Conversation) -> Gauge:
    conversation = Conversation.objects.get(pk=conversation.pk)
    found = gauge.of(conversation, conversation.tree().path)
    assert found is not None
    return found


async def counted(turn: Turn, *scripts: Script) -> tuple[Gauge, FakeGlm]:
    glm = FakeGlm(*scripts)
    count = await sync_to_async(counting.ask)(turn.person, turn.conversation.code)
    await counting.make(count.pk, glm)  # type: ignore[arg-type]
    return await sync_to_async(shown)(turn.conversation), glm


def sent(glm: FakeGlm) -> Any:
    return glm.calls[0].body


def call() -> UpstreamCall:
    return UpstreamCall.objects.get(kind=CallKind.TOKENIZER)


@pytest.fixture
def turn(ada: User) -> Turn:
    """Of which GLM told no usage."""
    return people.answered(ada, "What makes the tides?", "The moon.")


class TestACount:
    async def test_is_what_glm_says_of_the_messages_before_the_next_question(self, turn: Turn) -> None:
        before = await sync_to_async(shown)(turn.conversation)
        after, glm = await counted(turn, telling(4711))
        assert (before.counting, before.is_counted) == (Counting.POSSIBLE, False)
        assert (after.counting, after.is_counted, after.used) == (Counting.DONE, True, 4711)
        assert [each["content"] for each in sent(glm)["messages"]] == ["What makes the tides?", "The moon."]

    async def test_has_a_call_row_that_used_nothing(self, turn: Turn) -> None:
        _, glm = await counted(turn, telling(4711))
        row = await sync_to_async(call)()
        assert (row.turn_id, row.person_code, row.model_asked) == (None, turn.person.code, turn.model_name)
        assert (row.request_id, row.provider_id) == (sent(glm)["request_id"], "glm-1")
        assert (row.prompt_tokens, row.completion_tokens, row.finish) == (0, 0, "stop")
        assert row.ended_at is not None

    async def test_moves_every_page(self, turn: Turn) -> None:
        await counted(turn, telling(1))
        after = await sync_to_async(people.fresh)(turn)
        assert after.conversation.revision == turn.conversation.revision + 2

    async def test_holds_until_something_is_said(self, turn: Turn, ada: User) -> None:
        await counted(turn, telling(4711))
        await sync_to_async(people.answered)(ada, "And the wind?", "The sun.", turn.conversation)
        after = await sync_to_async(shown)(turn.conversation)
        assert (after.counting, after.is_counted) == (Counting.POSSIBLE, False)

    async def test_that_fails_leaves_the_estimate_and_can_be_asked_for_again(self, turn: Turn) -> None:
        before = await sync_to_async(shown)(turn.conversation)
        after, _ = await counted(turn, refusal("1302", 429))
        assert (after.counting, after.used, after.is_counted) == (Counting.FAILED, before.used, False)
        row = await sync_to_async(call)()
        assert (row.business_code, row.prompt_tokens) == ("1302", None)
        assert (await counted(turn, telling(12)))[0].used == 12

    async def test_that_was_asked_for_twice_is_one(self, turn: Turn) -> None:
        first = await sync_to_async(counting.ask)(turn.person, turn.conversation.code)
        again = await sync_to_async(counting.ask)(turn.person, turn.conversation.code)
        assert (first.pk, again.asked_at) == (again.pk, first.asked_at)
        assert (await sync_to_async(shown)(turn.conversation)).counting is Counting.ASKED

    async def test_of_what_has_changed_meanwhile_is_not_written(self, turn: Turn, ada: User) -> None:
        count = await sync_to_async(counting.ask)(turn.person, turn.conversation.code)
        errand = await sync_to_async(counting.begin)(count.pk)
        assert errand is not None
        await sync_to_async(ContextCount.objects.update)(context="other")
        await sync_to_async(counting.end)(errand, counting.Told(5, counting.CallEnd()))
        assert (await sync_to_async(shown)(turn.conversation)).is_counted is False


class TestNoCount:
    def test_of_a_model_that_glms_counter_does_not_know(self, ada: User) -> None:
        turn = people.answered(ada)
        Conversation.objects.update(model_name="glm-5.3")
        assert shown(turn.conversation).counting is Counting.IMPOSSIBLE
        with pytest.raises(Unfit):
            counting.ask(ada, turn.conversation.code)

    def test_of_a_context_that_begins_with_the_next_question(self, turn: Turn, ada: User) -> None:
        context.clear(ada, turn.conversation.code)
        assert (shown(turn.conversation).used, shown(turn.conversation).counting) == (0, Counting.IMPOSSIBLE)
        with pytest.raises(Unfit):
            counting.ask(ada, turn.conversation.code)

    def test_of_instructions_alone(self, turn: Turn, ada: User) -> None:
        """They stay when the context is cleared, and then it starts with the next question."""
        Conversation.objects.update(system_prompt="Be brief.")
        context.clear(ada, turn.conversation.code)
        found = shown(turn.conversation)
        assert (found.first_turn, found.used > 0) == (0, True)

    def test_of_a_strangers_conversation(self, turn: Turn) -> None:
        with pytest.raises(Missing):
            counting.ask(people.person(), turn.conversation.code)

    def test_while_glm_told_what_the_last_request_had(self, ada: User) -> None:
        call = counting.CallEnd(usage=Usage(prompt=40, completion=5))
        turn = people.ended(people.running(ada), text_part("Hi."), TurnState.COMPLETED, call=call)
        assert (shown(turn.conversation).used, shown(turn.conversation).counting) == (45, Counting.IMPOSSIBLE)

    def test_is_awaited_for_ever(self, turn: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever asked GLM may have died."""
        counting.ask(turn.person, turn.conversation.code)
        later = clock.now() + dt.timedelta(minutes=1)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert shown(turn.conversation).counting is Counting.POSSIBLE
        counting.ask(turn.person, turn.conversation.code)
        assert ContextCount.objects.get().asked_at == later

    def test_is_left_open(self, turn: Turn, settings: Any) -> None:
        count = counting.ask(turn.person, turn.conversation.code)
        counting.begin(count.pk)
        later = UpstreamCall.objects.filter(kind=CallKind.TOKENIZER)
        later.update(started_at=clock.now() - dt.timedelta(hours=1))
        counting.end_abandoned()
        assert call().finish == TurnState.INTERRUPTED
