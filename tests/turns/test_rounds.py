import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from conversations import standing
from conversations.glm import Source
from conversations.hosted import Hosted
from conversations.models import Conversation, TurnState, User, Visibility, sources
from conversations.tool_entries import CallState
from conversations.tools import Arguments, Result, ToolError, Use
from conversations.turns import tool_calls
from conversations.turns.rounds import FAILED, MOST_CALLS, MOST_ROUNDS
from conversations.turns.runner import Reason
from conversations.words import Mode, compiled
from conversations.words import Source as ListSource
from tests import fake_glm, people
from tests.fake_glm import flagged, reasoning, restarted, text
from tests.turns.calling import SUM, Gated, asked_with, called, calling, provide, rows, saying, shown, tool
from tests.turns.running import calls, new_runner, ran, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waits")]

ANSWER = [*text("It is 42."), *fake_glm.stop()]


class TestARound:
    async def test_runs_what_is_called_and_tells_the_model(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        first = calling(reasoning("a sum"), *text("Let me see."), called("calculator", SUM))
        turn, _glm = await ran(turn, first, ANSWER)
        assert (turn.state, turn.finish) == (TurnState.COMPLETED, "stop")
        assert [kind for kind, _ in told(turn)] == ["reasoning", "text", "tool", "text"]
        (call,) = shown(turn.reply.parts)
        assert (call.name, json.loads(call.arguments), call.result) == ("calculator", json.loads(SUM), "6 * 7 = 42")
        assert call.state is CallState.SUCCEEDED
        assert await sync_to_async(rows)(turn) == [("calculator", "succeeded", "")]
        assert turn.reply.html[2] == ""

    async def test_offers_the_tools_and_gives_calls_reasoning_and_results_back(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        _, glm = await ran(turn, calling(reasoning("hm"), called("calculator", SUM)), ANSWER)
        first, second = glm.requests
        assert [each["function"]["name"] for each in first.parameters["tools"]] == ["calculator"]
        assert second.parameters["tools"] == first.parameters["tools"]
        assert second.messages[: len(first.messages)] == first.messages
        call, result = [each.to_wire() for each in second.messages[len(first.messages) :]]
        assert (call["role"], call["reasoning_content"], call["tool_calls"][0]["id"]) == ("assistant", "hm", "call_0")
        assert result == {"role": "tool", "content": "6 * 7 = 42", "tool_call_id": "call_0"}

    async def test_is_a_request_of_its_own_in_the_record(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, _ = await ran(turn, calling(called("calculator", SUM)), ANSWER)
        found = await sync_to_async(calls)(turn)
        assert [(each.round, each.attempt, each.finish) for each in found] == [(1, 1, "tool_calls"), (2, 1, "stop")]
        assert found[0].parameters["tools"] == ["calculator"]

    async def test_is_written_down_once_the_database_is_back(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        real, failures = tool_calls.end, [OperationalError("the connection is lost")]

        def sometimes(ended: Sequence[tool_calls.Ended]) -> None:
            if ended and failures:
                raise failures.pop()
            real(ended)

        monkeypatch.setattr(tool_calls, "end", sometimes)
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, _ = await ran(turn, calling(called("calculator", SUM)), ANSWER)
        assert (turn.state, await sync_to_async(rows)(turn)) == (TurnState.FAILED, [("calculator", "succeeded", "")])

    async def test_that_could_not_be_written_down_leaves_no_request_open(
        self, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*_: Any) -> Any:
            raise OperationalError("the connection is lost")

        monkeypatch.setattr(tool_calls, "begin", away)
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, _ = await ran(turn, calling(called("calculator", SUM)), ANSWER)
        (call,) = await sync_to_async(calls)(turn)
        assert (turn.state, call.ended_at is None) == (TurnState.FAILED, False)

    async def test_of_several_calls_is_answered_whole(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        provide(monkeypatch, tool("one", saying("1")), tool("two", saying("2")))
        turn = await sync_to_async(asked_with)(ada, "one", "two")
        turn, glm = await ran(turn, calling(called("two"), called("one", index=1, call_id="")), ANSWER)
        assert [each.content for each in glm.requests[1].messages[-2:]] == ["2", "1"]
        assert [each.tool_call_id for each in glm.requests[1].messages[-2:]] == ["call_0", "call_1_1"]
        assert sorted(await sync_to_async(rows)(turn)) == [("one", "succeeded", ""), ("two", "succeeded", "")]

    async def test_whose_ids_are_the_same_answers_each(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        twice = [called("calculator", SUM, index, "call_-7") for index in (0, 1)]
        _, glm = await ran(turn, calling(*twice), ANSWER)
        assert len({each.tool_call_id for each in glm.requests[1].messages[-2:]}) == 2

    async def test_goes_back_in_later_prompts_without_its_reasoning(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, _ = await ran(turn, calling(reasoning("hm"), called("calculator", SUM)), ANSWER)
        later = await sync_to_async(people.asked)(ada, "And then?", turn.conversation)
        _, glm = await ran(later, [*text("Nothing."), *fake_glm.stop()])
        wire = [each.to_wire() for each in glm.requests[0].messages[-4:]]
        assert [each["role"] for each in wire] == ["assistant", "tool", "assistant", "user"]
        assert "reasoning_content" not in wire[0]
        assert wire[1]["content"] == "6 * 7 = 42"

    async def test_is_not_offered_to_a_model_that_calls_nothing(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        await sync_to_async(type(turn).objects.filter(pk=turn.pk).update)(model_name="some-other-model")
        _, glm = await ran(turn, ANSWER)
        assert "tools" not in glm.requests[0].parameters

    async def test_leaves_alone_what_glm_searches_itself(self, ada: User) -> None:
        turn = await sync_to_async(people.answered)(ada)
        searching = Hosted(is_searching=True).stored_in({})
        await sync_to_async(Conversation.objects.filter(pk=turn.conversation_id).update)(tools=searching)
        turn = await sync_to_async(people.asked)(ada, "News?", await sync_to_async(Conversation.objects.get)())
        _, glm = await ran(turn, ANSWER)
        assert [each["type"] for each in glm.requests[0].parameters["tools"]] == ["web_search"]

    async def test_that_glm_began_anew_keeps_the_rounds_before_it(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        again = [*text("void"), restarted(), *ANSWER]
        turn, _ = await ran(turn, calling(called("calculator", SUM)), again)
        assert [kind for kind, _ in told(turn)] == ["tool", "text"]
        assert told(turn)[1] == ("text", "It is 42.")

    async def test_is_tried_again_where_nobody_has_seen_a_word_of_it(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        busy = fake_glm.refusal("1302", 429)
        turn, glm = await ran(turn, calling(called("calculator", SUM)), busy, ANSWER)
        assert turn.state == TurnState.COMPLETED
        assert [len(each.messages) for each in glm.requests] == [3, 5, 5]
        found = await sync_to_async(calls)(turn)
        assert [(each.round, each.attempt) for each in found] == [(1, 1), (2, 1), (2, 2)]


class TestAModelThatCallsWrongly:
    @pytest.mark.parametrize(
        ("name", "arguments", "words", "trouble"),
        [
            ("calculator", '{"expression": ', "not valid JSON", "unfit"),
            ("calculator", '{"formula": "1"}', "'expression' is a required property", "unfit"),
            ("calculator", '{"expression": ' + "[" * 10_000 + "]" * 10_000 + "}", "nested", "unfit"),
            ("calculater", SUM, "no function “calculater”; there are calculator", "unknown"),
            ("你好", "{}", "no function", "unknown"),
        ],
        ids=["not JSON", "wrong field", "nested", "unknown", "no name"],
    )
    async def test_is_told_and_may_mend_it(
        self, name: str, arguments: str, words: str, trouble: str, ada: User
    ) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, glm = await ran(turn, calling(called(name, arguments)), calling(called("calculator", SUM)), ANSWER)
        assert turn.state == TurnState.COMPLETED
        wrong, right = shown(turn.reply.parts)
        assert words in (wrong.result or "")
        assert (wrong.state, right.state) == (CallState.FAILED, CallState.SUCCEEDED)
        assert [each[1:] for each in await sync_to_async(rows)(turn)] == [("failed", trouble), ("succeeded", "")]
        json.loads(glm.requests[1].messages[-2].tool_calls[0].arguments)
        assert (wrong.said % wrong.values)[:40] == (wrong.result or "")[:40]
        assert right.said == ""

    async def test_may_mend_it_twice_and_then_has_to_answer(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, glm = await ran(turn, *[calling(called("calculator", "{"))] * 3, ANSWER)
        assert turn.state == TurnState.COMPLETED
        assert ["tools" in each.parameters for each in glm.requests] == [True, True, True, False]

    @pytest.mark.parametrize(
        "written", [SUM * 2, f"{SUM}</tool_call>", "<arg_key>expression</arg_key><arg_value>6 * 7"]
    )
    async def test_is_understood_where_only_marks_leaked(self, written: str, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, glm = await ran(turn, calling(called("calculator", written)), ANSWER)
        assert glm.requests[1].messages[-1].content == "6 * 7 = 42"
        assert json.loads(glm.requests[1].messages[-2].tool_calls[0].arguments) == json.loads(SUM)

    async def test_ends_after_eight_rounds(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, glm = await ran(turn, *[calling(called("calculator", SUM))] * (MOST_ROUNDS - 1), ANSWER)
        assert (turn.state, len(glm.requests)) == (TurnState.COMPLETED, MOST_ROUNDS)
        assert ["tools" in each.parameters for each in glm.requests][-2:] == [True, False]

    async def test_that_goes_on_calling_ends_with_nothing(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, glm = await ran(turn, *[calling(called("calculator", SUM))] * MOST_ROUNDS)
        assert (turn.state, turn.trouble, len(glm.requests)) == (TurnState.FAILED, "empty", MOST_ROUNDS)

    async def test_has_only_so_many_run_at_once(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        many = [called("calculator", SUM, index) for index in range(MOST_CALLS + 2)]
        turn, glm = await ran(turn, calling(*many), ANSWER)
        states = [each[1] for each in await sync_to_async(rows)(turn)]
        assert states == ["succeeded"] * MOST_CALLS + ["failed"] * 2
        assert len(glm.requests[1].messages[-MOST_CALLS - 3].tool_calls) == MOST_CALLS + 2

    async def test_without_tools_is_not_followed(self, ada: User) -> None:
        turn = await sync_to_async(people.asked)(ada)
        turn, glm = await ran(turn, [*text("Hm."), *calling(called("calculator", SUM))])
        assert (turn.state, told(turn), len(glm.requests)) == (TurnState.COMPLETED, [("text", "Hm.")], 1)


class TestATool:
    async def test_that_never_answers_is_given_up(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        provide(monkeypatch, tool("slow", Gated().run, seconds=0.01))
        turn, glm = await ran(await sync_to_async(asked_with)(ada, "slow"), calling(called("slow")), ANSWER)
        assert glm.requests[1].messages[-1].content == "The function did not answer within 0.01 seconds."
        assert await sync_to_async(rows)(turn) == [("slow", "failed", "timeout")]

    @pytest.mark.parametrize("fault", [ToolError("No such city."), ValueError("secret"), RecursionError()])
    async def test_that_fails_does_not_end_the_turn(
        self, fault: Exception, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def run(arguments: Arguments, use: Use) -> Result:
            raise fault

        provide(monkeypatch, tool("bad", run))
        turn, glm = await ran(await sync_to_async(asked_with)(ada, "bad"), calling(called("bad")), ANSWER)
        words = "No such city." if isinstance(fault, ToolError) else FAILED
        assert glm.requests[1].messages[-1].content == words
        assert turn.state == TurnState.COMPLETED

    async def test_that_tells_too_much_is_cut(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        provide(monkeypatch, tool("big", saying("x" * 5_000_000), most_characters=100))
        _turn, glm = await ran(await sync_to_async(asked_with)(ada, "big"), calling(called("big")), ANSWER)
        content = glm.requests[1].messages[-1].content
        assert content == "x" * 100 + "\n[cut off here, 4999900 characters more]"

    @pytest.mark.parametrize("said", ["a\0b\ud800", "", " ", '{"what": "call"}\n', "<script>alert(1)</script>"])
    async def test_may_tell_anything(self, said: str, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        provide(monkeypatch, tool("odd", saying(said)))
        turn, glm = await ran(await sync_to_async(asked_with)(ada, "odd"), calling(called("odd")), ANSWER)
        assert turn.state == TurnState.COMPLETED
        assert glm.requests[1].messages[-1].content
        assert "<script>" not in "".join(turn.reply.html)

    async def test_has_its_sources_kept(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        async def run(arguments: Arguments, use: Use) -> Result:
            return Result("Found.", (Source("ref_1", "Elbe", "https://example.org/elbe"),))

        provide(monkeypatch, tool("find", run))
        turn, _ = await ran(await sync_to_async(asked_with)(ada, "find"), calling(called("find")), ANSWER)
        assert [kind for kind, _ in told(turn)] == ["tool", "sources", "text"]
        (numbered,) = sources.read(told(turn)[1][1])
        assert (numbered.number, numbered.source.link) == (1, "https://example.org/elbe")

    async def test_knows_for_whom_it_runs(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        uses: list[Use] = []

        async def run(arguments: Arguments, use: Use) -> Result:
            uses.append(use)
            return Result("ok")

        provide(monkeypatch, tool("who", run))
        await sync_to_async(User.objects.filter(pk=ada.pk).update)(language="zh-hans", time_zone="Asia/Shanghai")
        turn = await sync_to_async(asked_with)(ada, "who")
        turn = await sync_to_async(people.fresh)(turn)
        await ran(turn, calling(called("who")), ANSWER)
        (use,) = uses
        assert (use.person, use.language, use.zone) == (ada.code, "zh-hans", "Asia/Shanghai")
        assert (use.conversation, use.turn_id) == (turn.conversation.code, turn.pk)


class TestStopping:
    async def test_ends_a_tool_and_keeps_what_there_is(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        gated = Gated()
        provide(monkeypatch, tool("slow", gated.run), tool("quick", saying("done")))
        turn = await sync_to_async(asked_with)(ada, "slow", "quick")
        glm = fake_glm.FakeGlm(calling(*text("Wait."), called("slow"), called("quick", index=1)))
        runner = await sync_to_async(new_runner)(turn, glm)
        task = asyncio.get_running_loop().create_task(runner.run())
        await asyncio.wait_for(gated.begun.wait(), 5)
        await asyncio.sleep(0)
        runner.end(Reason.STOPPED)
        await asyncio.wait_for(task, 5)
        turn = await sync_to_async(people.fresh)(turn)
        assert gated.was_cancelled
        assert turn.state == TurnState.STOPPED
        assert [call.state for call in shown(turn.reply.parts)] == [CallState.CANCELLED, CallState.SUCCEEDED]
        assert await sync_to_async(rows)(turn) == [("slow", "cancelled", ""), ("quick", "succeeded", "")]

    async def test_tells_a_later_prompt_that_it_was(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        gated = Gated()
        provide(monkeypatch, tool("slow", gated.run))
        turn = await sync_to_async(asked_with)(ada, "slow")
        glm = fake_glm.FakeGlm(calling(*text("Wait."), called("slow")))
        runner = await sync_to_async(new_runner)(turn, glm)
        task = asyncio.get_running_loop().create_task(runner.run())
        await asyncio.wait_for(gated.begun.wait(), 5)
        runner.end(Reason.INTERRUPTED)
        await asyncio.wait_for(task, 5)
        later = await sync_to_async(people.asked)(ada, "And?", turn.conversation)
        _, glm = await ran(later, ANSWER)
        assert [each.role for each in glm.requests[0].messages[-4:]] == ["assistant", "tool", "assistant", "user"]
        assert glm.requests[0].messages[-3].content == "(stopped before it ended)"


class TestFlags:
    async def test_on_a_round_count_before_anything_runs(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        ran_tools: list[Any] = []

        async def run(arguments: Arguments, use: Use) -> Result:
            ran_tools.append(arguments)
            return Result("ran")

        provide(monkeypatch, tool("act", run))
        turn = await sync_to_async(asked_with)(ada, "act")
        turn, glm = await ran(turn, calling(*text("So:"), called("act"), flagged("assistant", 1)))
        assert (turn.state, turn.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)
        assert (ran_tools, len(glm.requests)) == ([], 1)

    async def test_on_a_round_that_only_mark_are_kept_to_the_end(self, ada: User) -> None:
        await sync_to_async(people.reviewer)()  # ships the rules: level 3 is only written down
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, _ = await ran(turn, calling(called("calculator", SUM), flagged("assistant", 3)), ANSWER)
        assert turn.state == TurnState.COMPLETED

    @pytest.mark.parametrize("word", ["forbidden", "42"])
    async def test_a_word_list_reads_arguments_and_results(
        self, word: str, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lists = compiled([ListSource("list", 1, 1, Mode.PHRASE, [word])])
        monkeypatch.setattr(standing, "_standing", standing.Standing(version=0, replies=lists, questions=None))
        provide(monkeypatch, tool("say", saying("the answer is 42")))
        turn = await sync_to_async(asked_with)(ada, "say")
        arguments = json.dumps({"x": "a forbidden thing" if word == "forbidden" else "fine"})
        turn, glm = await ran(turn, calling(called("say", arguments)), ANSWER)
        assert (turn.state, turn.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)
        assert len(glm.requests) == 1
