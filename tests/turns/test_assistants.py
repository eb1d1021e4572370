"""Turns whose reply an assistant gives: against the sandbox, over real HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from conversations import clock, turn_log, upstream
from conversations.glm import ChatMessage, Client
from conversations.models import (
    Conversation,
    Picture,
    PictureUse,
    ReviewCase,
    Turn,
    TurnState,
    User,
    Visibility,
)
from conversations.tool_entries import Call, CallState, calls_in
from conversations.turns import assistants, context, path, reaper, start, title
from conversations.turns.claim import claim, request_of, told_to
from conversations.turns.runner import Reason
from tests import fake_glm, people
from tests.sandbox.serving import serving

from .running import Running, calls, new_runner, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("offered")]

CHATGLM = "65940acff94777010aa6b796"
NAME = "glm-4-assistant:ChatGLM"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[str]:
    with serving() as address:
        yield f"{address}/api/paas/v4"


@pytest.fixture
def offered(settings: Any, sandbox: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.CHATSITE_ASSISTANTS = {NAME: CHATGLM}
    monkeypatch.setattr(upstream, "_sandbox_base", sandbox)
    yield
    turn_log._logs.clear()


def asked(person: User, text: str, conversation: Conversation | None = None) -> Turn:
    code = conversation.code if conversation else uuid.uuid4()
    return start.send(people.order(person, model_name=NAME), code, text)


async def ended(turn: Turn) -> Turn:
    source = upstream.current()
    async with Client(source.base_url, source.key) as client:
        await (await sync_to_async(new_runner)(turn, client)).run()
    return await sync_to_async(people.fresh)(turn)


async def ran(person: User, text: str, after: Turn | None = None) -> Turn:
    return await ended(await sync_to_async(asked)(person, text, after.conversation if after else None))


async def sent(turn: Turn) -> dict[str, Any]:
    """What the record of its only request says of the assistant."""
    (call,) = await sync_to_async(calls)(turn)
    return {name: call.parameters.get(name) for name in ("assistant_id", "conversation_id")}


def now(work: Coroutine[Any, Any, Turn]) -> Turn:
    async def awaited() -> Turn:
        return await work

    return async_to_sync(awaited)()


def used(turn: Turn) -> tuple[Call, ...]:
    return calls_in(part.text for part in turn.reply.parts if part.kind == "tool")


class TestTheReply:
    async def test_has_text_and_usage_and_its_call_a_row(self, ada: User) -> None:
        turn = await ran(ada, "Tell me a story")
        assert (turn.state, turn.finish, turn.model_name) == (TurnState.COMPLETED, "stop", NAME)
        assert told(turn)[0][1].startswith("## The Lighthouse Clock")
        (call,) = await sync_to_async(calls)(turn)
        assert (call.model_asked, call.http_status, call.finish) == (NAME, 200, "stop")
        assert call.completion_tokens
        assert call.parameters == {"v": 1, "assistant_id": CHATGLM, "model": "glm-4-assistant"}

    async def test_shows_what_was_used_with_its_input_and_output(self, ada: User) -> None:
        (call,) = used(await ran(ada, "What is 17 * 23?"))
        assert (call.name, call.state, call.result, call.is_hosted) == (
            "code_interpreter", CallState.SUCCEEDED, "391", True
        )  # fmt: skip
        assert call.arguments == '{"code": "result = 17 * 23\\nprint(result)"}'

    async def test_has_the_pages_that_were_read_as_sources(self, ada: User) -> None:
        turn = await ran(ada, "Search for tides")
        assert [part.kind for part in turn.reply.parts] == ["tool", "sources", "text"]
        assert used(turn)[0].arguments == '{"query": "tides"}'

    async def test_says_that_a_tool_has_failed(self, ada: User) -> None:
        (call,) = used(await ran(ada, "Look at the broken page"))
        assert (call.state, call.result) == (CallState.FAILED, "the page did not open (simulated)")

    async def test_that_is_flagged_is_withdrawn(self, ada: User) -> None:
        turn = await ran(ada, "[[sensitive-output]] Tell me a story")
        assert (turn.state, turn.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)
        assert await sync_to_async(ReviewCase.objects.count)() == 1

    @pytest.mark.parametrize(
        ("scenario", "state", "trouble"),
        [
            ("error-midstream", TurnState.FAILED, "disturbed"),
            ("network-error", TurnState.FAILED, "network"),
            ("cut", TurnState.FAILED, "network"),
            ("code-1113", TurnState.FAILED, "money"),
        ],
    )
    async def test_that_goes_wrong_says_how(self, ada: User, scenario: str, state: TurnState, trouble: str) -> None:
        turn = await ran(ada, f"[[{scenario}]] Tell me a story")
        assert (turn.state, turn.trouble) == (state, trouble)

    def test_is_stopped_where_it_stands_and_keeps_its_text(self, ada: User) -> None:
        async def stopped() -> Turn:
            running = await sync_to_async(Running)(asked_now, before=fake_glm.text("so far"))
            await running.begun(6)
            running.runner.end(Reason.STOPPED)
            return await running.ended()

        asked_now = asked(ada, "Hello")
        turn = now(stopped())
        assert (turn.state, told(turn)) == (TurnState.STOPPED, [("text", "so far")])


class TestDrawings:
    async def test_are_copied_here_and_stand_below_the_text(self, ada: User) -> None:
        turn = await ran(ada, "Draw a harbour")
        assert [part.kind for part in turn.reply.parts] == ["tool", "text", "image"]
        image = turn.reply.parts[-1]
        assert image.text == "Draw a harbour"
        picture = await sync_to_async(Picture.objects.get)()
        assert (image.raw["picture"], picture.owner_id) == (str(picture.code), ada.pk)
        assert await sync_to_async(PictureUse.objects.filter(message=turn.reply).count)() == 1
        assert "http" not in "".join(part.text for part in turn.reply.parts)

    @pytest.mark.parametrize("scenario", ["media-dead", "media-page"])
    async def test_that_cannot_be_copied_are_said_to_be_lost(self, ada: User, scenario: str) -> None:
        turn = await ran(ada, f"[[{scenario}]] Draw a harbour")
        (call,) = used(turn)
        assert (call.state, call.lost) == (CallState.FAILED, 1)
        assert turn.state == TurnState.COMPLETED
        assert not await sync_to_async(Picture.objects.exists)()

    def test_that_were_copied_are_kept_when_the_process_dies(self, ada: User) -> None:
        """The checkpoint names them, so whoever ends the turn puts them where they belong."""
        first = now(ran(ada, "Draw a harbour"))
        part = next(part for part in first.reply.parts if part.kind == "tool")
        turn = people.running(ada)
        Turn.objects.filter(pk=turn.pk).update(open_parts=(part,), seq=5, lease_until=clock.now())
        assert reaper.reap_all_running() == 1
        turn = people.fresh(turn)
        assert (turn.state, turn.reply.parts[-1].kind) == (TurnState.INTERRUPTED, "image")

    def test_of_somebody_else_are_nobody_s(self, ada: User) -> None:
        first = now(ran(ada, "Draw a harbour"))
        part = next(part for part in first.reply.parts if part.kind == "tool")
        turn = people.ended(people.running(people.person("bob")), (part,))
        assert [each.kind for each in turn.reply.parts] == ["tool"]


class TestTheConversation:
    async def test_goes_on_at_glm_with_the_question_alone(self, ada: User) -> None:
        first = await ran(ada, "Tell me a story")
        second = await ran(ada, "What did I ask?", first)
        assert told(second) == [("text", "Before this you asked: Tell me a story\n")]
        assert (await sent(second))["conversation_id"]

    def test_begins_anew_after_an_edit_and_tells_what_was_said_before(self, ada: User) -> None:
        first = now(ran(ada, "Tell me a story"))
        second = now(ran(ada, "And another", first))
        order = people.order(ada, model_name=NAME)
        edit = start.edit_and_resend(order, first.conversation.code, second.question.code, "What did I ask?")
        turn = people.fresh(edit)
        request = request_of(turn, told_to(turn))
        assert request.assistant is not None
        assert request.assistant.conversation == ""
        (message,) = request.messages
        assert message.content.startswith("What was said before, for you to know about:\n\nUser: Tell me a story")
        assert message.content.endswith("The question now:\n\nWhat did I ask?")

    @pytest.mark.parametrize("change", ["instructions", "cleared", "assistant", "held", "server"])
    def test_begins_anew_when_glm_has_something_else(self, ada: User, change: str, settings: Any) -> None:
        first = now(ran(ada, "Tell me a story"))
        conversation = first.conversation
        match change:
            case "instructions":
                Conversation.objects.update(system_prompt="Be brief.")
            case "cleared":
                context.clear(ada, conversation.code)
            case "assistant":
                settings.CHATSITE_ASSISTANTS = {NAME: "659e54b1b8006379b4b2abd6"}
            case "held":
                type(first.reply).objects.filter(pk=first.reply.pk).update(visibility=Visibility.HELD)
            case "server":
                settings.ZHIPUAI_BASE_URL = "http://gpu.example.org/v1"
        turn = people.fresh(asked(ada, "Go on", conversation))
        request = request_of(turn, told_to(turn))
        assert request.assistant is not None
        assert request.assistant.conversation == ""
        assert request.messages[-1].content.endswith("Go on")

    def test_begins_anew_when_something_earlier_was_withdrawn_and_then_goes_on(self, ada: User) -> None:
        """GLM has it still, and would go on from it."""
        first = now(ran(ada, "Tell me a story"))
        second = now(ran(ada, "And another", first))
        type(first.reply).objects.filter(pk=first.reply.pk).update(visibility=Visibility.REMOVED)
        third = now(ran(ada, "And one more", second))
        (call,) = calls(third)
        assert "conversation_id" not in call.parameters
        (call,) = calls(now(ran(ada, "The last", third)))
        assert call.parameters["conversation_id"]

    def test_of_a_model_before_it_is_told(self, ada: User) -> None:
        first = people.answered(ada, "What is a tide?", "Water that moves.")
        turn = people.fresh(asked(ada, "Draw it", first.conversation))
        (message,) = request_of(turn, told_to(turn)).messages
        assert "User: What is a tide?\n\nYou: Water that moves." in message.content

    def test_tells_a_model_after_it_the_text_and_no_tools(self, ada: User) -> None:
        first = now(ran(ada, "What is 17 * 23?"))
        turn = people.asked(ada, "Why?", first.conversation)
        said = path.to(first.conversation, turn.question_id).said
        assert (said[1].rounds, said[1].text) == ((), "I ran a line of code for that. The result is **391**.\n")

    async def test_of_a_reply_that_was_cut_off_is_gone_on_with(self, ada: User) -> None:
        first = await ran(ada, "[[length]] Tell me a story")
        assert first.finish == "length"
        order = people.order(ada, model_name=NAME)
        turn = await sync_to_async(start.continue_reply)(order, first.conversation.code, first.reply.code)
        assignment = await sync_to_async(claim)(turn.pk, people.RUNNER)
        assert assignment is not None
        assert assignment.request.assistant is not None
        assert assignment.request.assistant.conversation
        assert assignment.request.messages[-1].content.startswith("Go on exactly where you stopped")


class TestAsOneText:
    def test_a_question_alone_stays_as_it_is(self) -> None:
        assert assistants.as_one([ChatMessage("user", "Hello")]) == "Hello"

    def test_instructions_go_first(self) -> None:
        messages = [ChatMessage("system", "Be kind."), ChatMessage("user", "Hello")]
        assert assistants.as_one(messages) == "Be kind.\n\nHello"

    def test_is_in_the_language_of_the_question(self) -> None:
        messages = [ChatMessage("user", "Hi"), ChatMessage("assistant", "Hi!"), ChatMessage("user", "你好")]
        assert assistants.as_one(messages) == (
            "以下是之前的对话，供你了解前情：\n\n用户：Hi\n\n你：Hi!\n\n现在的问题：\n\n你好"
        )


class TestBesides:
    def test_titles_come_from_a_model(self, ada: User) -> None:
        turn = now(ran(ada, "Tell me a story"))
        errand = title.begin(turn.pk)
        assert errand is not None
        assert errand.request.model == upstream.default_model()
        assert errand.request.assistant is None

    def test_who_is_not_in_the_settings_is_not_offered(self, settings: Any) -> None:
        assert NAME in upstream.offered_models()
        settings.CHATSITE_ASSISTANTS = {}
        assert NAME not in upstream.offered_models()
        assert upstream.stand_in(NAME) == upstream.default_model()

    def test_a_reply_that_was_removed_keeps_its_picture_from_its_owner(self, ada: User) -> None:
        turn = now(ran(ada, "Draw a harbour"))
        assert Picture.objects.in_sight().exists()
        type(turn.reply).objects.filter(pk=turn.reply.pk).update(visibility=Visibility.REMOVED)
        assert not Picture.objects.in_sight().exists()
