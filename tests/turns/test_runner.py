import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations import turn_log
from conversations.glm import ConnectionLost, Finish, Usage
from conversations.models import OUR_MISTAKE, Conversation, Turn, TurnState, User, Visibility
from conversations.parameters import Parameters
from conversations.turns import runner as runner_module
from conversations.turns import start
from conversations.turns.runner import Reason
from conversations.usage import NOT_TAKEN, sums
from tests import fake_glm, people
from tests.fake_glm import FakeGlm, refusal, text
from tests.turns.running import calls, mid_reply, new_runner, ran, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waits")]


class TestAReply:
    async def test_is_stored_with_reasoning_and_usage(self, ada: User) -> None:
        turn = await sync_to_async(people.asked)(ada)
        script = [fake_glm.reasoning("hm"), *text("Hi", " *there*"), *fake_glm.stop(Usage(5, 7, 12, 3, 0))]
        turn, glm = await ran(turn, script)
        assert (turn.state, turn.finish) == (TurnState.COMPLETED, "stop")
        assert told(turn) == [("reasoning", "hm"), ("text", "Hi *there*")]
        assert "<em>there</em>" in turn.reply.html[1]
        assert turn.reasoning_seconds is not None
        (call,) = await sync_to_async(calls)(turn)
        assert (call.prompt_tokens, call.completion_tokens, call.reasoning_tokens, call.cached_tokens) == (
            5,
            7,
            3,
            0,
        )
        assert (call.provider_id, call.model_answered, call.log_id) == ("glm-1", "glm-answering", "log-1")
        assert (call.http_status, call.finish) == (200, "stop")
        assert call.first_byte_at is not None
        assert glm.left == glm.open == 0

    async def test_without_usage_has_unknown_usage(self, ada: User) -> None:
        turn, _ = await ran(await sync_to_async(people.asked)(ada), [*text("Hi"), *fake_glm.stop()])
        (call,) = await sync_to_async(calls)(turn)
        assert (call.prompt_tokens, call.completion_tokens, call.cached_tokens) == (None, None, None)

    async def test_that_glm_began_anew_has_only_the_new_text(self, ada: User) -> None:
        script = [*text("void"), fake_glm.restarted(), *text("whole"), *fake_glm.stop()]
        turn, _ = await ran(await sync_to_async(people.asked)(ada), script)
        assert told(turn) == [("text", "whole")]
        assert "void" not in str(turn.reply.html)

    async def test_that_goes_on_leaves_out_repeated_words(self, ada: User) -> None:
        first = await sync_to_async(people.answered)(ada, "1", "Once upon a time")
        order = people.order(ada)
        more = await sync_to_async(start.continue_reply)(order, first.conversation.code, first.reply.code)
        turn, _ = await ran(more, [*text("a time", " there was"), *fake_glm.stop()])
        assert told(turn) == [("text", " there was")]

    @pytest.mark.parametrize("stream", [None, True, False])
    async def test_is_asked_for_in_one_piece_where_its_person_wants_that(self, stream: bool | None, ada: User) -> None:
        turn = await sync_to_async(people.asked)(ada)
        chosen = Parameters(stream=stream).stored
        await sync_to_async(Conversation.objects.update)(parameters=chosen)
        turn, glm = await ran(turn, [*text("Hi"), *fake_glm.stop()])
        assert glm.wholes == [stream is False]
        assert told(turn) == [("text", "Hi")]

    async def test_leaves_no_log_behind(self, ada: User) -> None:
        turn, _ = await ran(await sync_to_async(people.asked)(ada), [*text("Hi"), *fake_glm.stop()])
        assert turn_log.find(turn.code) is None

    @pytest.mark.parametrize("finish", [Finish.BROKEN, Finish.NETWORK_ERROR])
    async def test_that_breaks_off_keeps_its_text_and_is_not_asked_again(self, finish: Finish, ada: User) -> None:
        turn, glm = await ran(await sync_to_async(people.asked)(ada), [*text("half"), *fake_glm.end(finish)])
        assert (turn.state, turn.trouble, told(turn)) == (TurnState.FAILED, "network", [("text", "half")])
        assert len(glm.requests) == 1

    async def test_that_an_error_cuts_off_keeps_its_text(self, ada: User) -> None:
        turn, glm = await ran(await sync_to_async(people.asked)(ada), [*text("half"), ConnectionLost("gone")])
        assert (turn.state, told(turn)) == (TurnState.FAILED, [("text", "half")])
        assert len(glm.requests) == 1

    async def test_that_trips_over_a_mistake_of_ours_ends_and_says_so(
        self, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def trips(*_: object) -> object:
            raise ZeroDivisionError

        monkeypatch.setattr(runner_module, "of_reply", trips)
        turn, _ = await ran(await sync_to_async(people.asked)(ada), [*text("half"), *fake_glm.stop()])
        assert (turn.state, turn.trouble, told(turn)) == (TurnState.FAILED, OUR_MISTAKE, [("text", "half")])


class TestAnotherAttempt:
    @pytest.mark.parametrize(
        "failure",
        [
            refusal("1302", 429),
            refusal("1234", 500),
            [refusal("500", 200)],
            fake_glm.end(Finish.NETWORK_ERROR),
            [],
        ],
        ids=["busy", "disturbed", "error in a 200", "network_error", "nothing"],
    )
    async def test_is_made_before_the_first_delta(self, failure: fake_glm.Script, ada: User) -> None:
        turn, glm = await ran(await sync_to_async(people.asked)(ada), failure, [*text("Hi"), *fake_glm.stop()])
        assert (turn.state, told(turn)) == (TurnState.COMPLETED, [("text", "Hi")])
        first, second = await sync_to_async(calls)(turn)
        assert [first.attempt, second.attempt] == [1, 2]
        assert [each.request_id for each in glm.requests] == [first.request_id, second.request_id]
        assert first.request_id != second.request_id
        assert first.ended_at is not None
        assert (second.finish, second.business_code) == ("stop", "")

    async def test_forgets_what_the_last_one_held_back(self, ada: User) -> None:
        first = await sync_to_async(people.answered)(ada, "1", "Once upon a time")
        order = people.order(ada)
        more = await sync_to_async(start.continue_reply)(order, first.conversation.code, first.reply.code)
        broken = [*text("upon a"), *fake_glm.end(Finish.NETWORK_ERROR)]
        turn, _ = await ran(more, broken, [*text("a time", " there was"), *fake_glm.stop()])
        assert told(turn) == [("text", " there was")]

    async def test_waits_as_long_as_the_rule_says(self, ada: User, waits: list[float]) -> None:
        busy = refusal("1302", 429)
        await ran(await sync_to_async(people.asked)(ada), busy, busy, [*text("Hi"), *fake_glm.stop()])
        first, second = [wait for wait in waits if wait > 0.5]  # others are those between frames
        assert 0.75 <= first <= 1 < 1.5 <= second <= 2

    async def test_is_made_only_so_often(self, ada: User) -> None:
        busy = refusal("1302", 429)
        turn, glm = await ran(await sync_to_async(people.asked)(ada), *[busy] * 20)
        assert (turn.state, turn.trouble, turn.trouble_code) == (TurnState.FAILED, "busy", "1302")
        assert len(glm.requests) == 5

    @pytest.mark.parametrize("code", ["1113", "1309", "1211", "1000"])
    async def test_is_never_made_where_it_cannot_help(self, code: str, ada: User) -> None:
        turn, glm = await ran(await sync_to_async(people.asked)(ada), refusal(code, 429), [])
        assert (turn.state, turn.trouble_code, len(glm.requests)) == (TurnState.FAILED, code, 1)

    async def test_of_what_is_too_long_is_made_once_with_earlier_turns_summarised(self, ada: User) -> None:
        conversation = await sync_to_async(people.long_conversation)(ada, 4)
        turn = await sync_to_async(people.asked)(ada, "And?", conversation)
        short = [*text("They counted."), *fake_glm.stop()]
        turn, glm = await ran(turn, refusal("1261", 400), short, refusal("1261", 400))
        assert (turn.state, turn.trouble) == (TurnState.FAILED, "too_long")
        first, summary, second = glm.requests
        assert len(first.messages) == 9
        assert "Answer 3" in summary.messages[0].content
        assert [each.role for each in second.messages] == ["system", "user"]
        assert "They counted." in second.messages[0].content
        assert len({each.request_id for each in glm.requests}) == 3

    async def test_of_a_single_question_that_is_too_long_is_not_made(self, ada: User) -> None:
        turn, glm = await ran(await sync_to_async(people.asked)(ada), refusal("1261", 400), [])
        assert (turn.state, len(glm.requests)) == (TurnState.FAILED, 1)

    async def test_whose_row_nobody_needs_any_more_is_closed(self, ada: User) -> None:
        turn = await sync_to_async(people.asked)(ada)
        turn, _ = await ran(turn, refusal("1302", 429), refusal("1113", 429))
        assert all(call.ended_at for call in await sync_to_async(calls)(turn))


class TestAFlag:
    async def test_in_mid_reply_blanks_every_page_before_it_is_stored(
        self, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[Any] = []
        running = await mid_reply(
            await sync_to_async(people.asked)(ada),
            fake_glm.flagged("assistant"),
            *fake_glm.end(Finish.SENSITIVE),
        )
        await running.runner.writer.log.watch(seen.append)
        real = runner_module.finish
        monkeypatch.setattr(runner_module, "finish", lambda *a, **k: (seen.append("stored"), real(*a, **k))[1])
        running.gate.set()
        turn = await running.ended()
        assert seen[-2:] == [None, "stored"]
        assert (turn.state, turn.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)
        assert (turn.reply.html, told(turn)) == (None, [("text", "so far")])

    @pytest.mark.parametrize("role", ["user", ""])
    async def test_on_the_question_is_stored_and_not_asked_again(self, role: str, ada: User) -> None:
        turn, glm = await ran(await sync_to_async(people.asked)(ada), refusal("1301", 400, role=role), [])
        assert (turn.state, turn.question.visibility) == (TurnState.FILTERED, Visibility.BLOCKED)
        assert len(glm.requests) == 1
        (call,) = await sync_to_async(calls)(turn)
        assert (call.business_code, call.http_status) == ("1301", 400)
        assert call.content_filter == ([{"role": role, "level": 1}] if role else [])


class TestAnEndFromOutside:
    async def test_by_a_person_closes_the_response_and_keeps_the_text(self, ada: User) -> None:
        running = await mid_reply(await sync_to_async(people.asked)(ada))
        running.runner.end(Reason.STOPPED)
        turn = await running.ended()
        assert (turn.state, told(turn)) == (TurnState.STOPPED, [("text", "so far")])
        assert (running.glm.left, running.glm.open) == (1, 0)

    async def test_by_the_process_is_an_interruption(self, ada: User) -> None:
        running = await mid_reply(await sync_to_async(people.asked)(ada))
        running.runner.end(Reason.INTERRUPTED)
        turn = await running.ended()
        assert (turn.state, told(turn)) == (TurnState.INTERRUPTED, [("text", "so far")])

    async def test_by_loss_of_the_turn_stores_nothing(self, ada: User) -> None:
        running = await mid_reply(await sync_to_async(people.asked)(ada))
        running.runner.end(Reason.LOST)
        turn = await running.ended()
        assert (turn.state, told(turn)) == (TurnState.RUNNING, [])
        assert running.glm.open == 0

    async def test_holds_with_its_first_reason(self, ada: User) -> None:
        running = await mid_reply(await sync_to_async(people.asked)(ada))
        running.runner.end(Reason.STOPPED)
        running.runner.end(Reason.INTERRUPTED)
        assert (await running.ended()).state == TurnState.STOPPED

    async def test_before_the_first_step_asks_nobody(self, ada: User) -> None:
        turn = await sync_to_async(people.asked)(ada)
        glm = FakeGlm(text("never"))
        runner = await sync_to_async(new_runner)(turn, glm)
        runner.end(Reason.STOPPED)
        await runner.run()
        assert (await sync_to_async(people.fresh)(turn)).state == TurnState.STOPPED
        assert glm.requests == []

    async def test_of_the_task_itself_is_an_interruption(self, ada: User) -> None:
        running = await mid_reply(await sync_to_async(people.asked)(ada))
        running.task.cancel()
        turn = await running.ended()
        assert (turn.state, running.glm.open) == (TurnState.INTERRUPTED, 0)

    async def test_closes_the_call(self, ada: User) -> None:
        running = await mid_reply(await sync_to_async(people.asked)(ada))
        running.runner.end(Reason.STOPPED)
        (call,) = await sync_to_async(calls)(await running.ended())
        assert (call.finish, call.prompt_tokens) == ("stopped", None)
        assert call.ended_at is not None

    async def test_between_two_attempts_closes_every_call(self, ada: User) -> None:
        turn = await sync_to_async(people.asked)(ada)
        runner = await sync_to_async(new_runner)(turn, FakeGlm(refusal("1302", 429), text("never")))
        record = runner._record_attempt

        def stopped_meanwhile(*args: Any) -> None:
            record(*args)
            runner.end(Reason.STOPPED)

        runner._record_attempt = stopped_meanwhile  # type: ignore[method-assign]
        await runner.run()
        turn = await sync_to_async(people.fresh)(turn)
        first, second = await sync_to_async(calls)(turn)
        assert (turn.state, first.business_code, second.finish) == (TurnState.STOPPED, "1302", NOT_TAKEN)
        assert None not in (first.ended_at, second.ended_at)

    async def test_in_the_rest_before_another_attempt_leaves_nothing_unknown(
        self, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turn = await sync_to_async(people.asked)(ada)
        runner = await sync_to_async(new_runner)(turn, FakeGlm(refusal("1302", 429), text("never")))

        async def stopped_meanwhile(*_: Any, **__: Any) -> None:
            runner.end(Reason.STOPPED)
            await asyncio.sleep(0)

        monkeypatch.setattr(runner, "_rest", stopped_meanwhile)
        await runner.run()
        turn = await sync_to_async(people.fresh)(turn)
        (call,) = await sync_to_async(calls)(turn)
        assert (turn.state, call.business_code, call.http_status) == (TurnState.STOPPED, "1302", 429)
        counted = await sync_to_async(sums.ended().aggregate)(**sums.over_calls())
        assert (counted["sum_call_count"], counted["sum_prompt_unknown"]) == (1, 0)

    async def test_that_comes_after_a_reaper_changes_nothing(self, ada: User) -> None:
        running = await mid_reply(await sync_to_async(people.asked)(ada), *fake_glm.stop())
        await sync_to_async(Turn.objects.update)(runner=people.OTHER_RUNNER)
        running.gate.set()
        turn = await running.ended()
        assert (turn.state, told(turn)) == (TurnState.RUNNING, [])


async def test_a_reply_that_takes_too_long_ends_at_its_deadline(ada: User, settings: Any) -> None:
    settings.CHATSITE_REPLY_DEADLINE = 0.05
    running = await mid_reply(await sync_to_async(people.asked)(ada))
    turn = await running.ended()
    assert (turn.state, turn.trouble, told(turn)) == (TurnState.FAILED, "timeout", [("text", "so far")])
    assert running.glm.open == 0
