"""A conversation with a character: what of it goes to GLM, and what stays."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations import pictures, standing
from conversations.characters import Cast
from conversations.glm import ChatRequest, Finish
from conversations.models import (
    Character,
    ContextEnd,
    Conversation,
    Message,
    Picture,
    Preset,
    ReviewCase,
    Turn,
    TurnState,
    UpstreamCall,
    User,
    Visibility,
    WordList,
)
from conversations.retention import conversations as retention
from conversations.turns import characters, context, presets, start
from conversations.turns.claim import claim
from conversations.turns.errors import Missing
from conversations.turns.presets import NotAccepted
from tests import fake_glm, people
from tests.characters.making import begun, made
from tests.fake_glm import end
from tests.pictures.bringing import brought
from tests.turns.running import ran

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_lists() -> Any:
    yield
    standing._standing = None


def forbidden(word: str) -> None:
    WordList.objects.create(name="no", entries=word, is_on=True)
    standing.refresh()


def asked(person: User, conversation: Conversation, model_name: str, text: str = "Where are we?") -> Turn:
    return start.send(people.order(person, model_name=model_name), conversation.code, text)


def request(turn: Turn) -> ChatRequest:
    return people.claimed(turn).request


class TestARole:
    @pytest.mark.parametrize("model_name", ["charglm-3", "emohaa"])
    def test_is_told_by_meta_to_models_that_want_it_so(self, alice: User, model_name: str) -> None:
        found = request(asked(alice, begun(alice, made(alice)), model_name))
        assert [each.role for each in found.messages] == ["user"]
        assert found.parameters["meta"] == {
            "bot_name": "Elsa",
            "bot_info": (
                "Elsa has sailed for thirty years.\n\n"
                "You began the conversation with these words:\nCan't sleep either, alice?"
            ),
            "user_name": "alice",
            "user_info": "A guest on board.",
        }

    @pytest.mark.parametrize("model_name", ["charglm-4", "glm-4.7", "sandbox-plain"])
    def test_is_told_in_the_system_message_to_others(self, alice: User, model_name: str) -> None:
        conversation = begun(alice, made(alice))
        found = request(asked(alice, conversation, model_name))
        assert [each.role for each in found.messages] == ["system", "user"]
        cast = Cast.read(conversation_now(conversation).character)
        assert cast is not None
        assert found.messages[0].content == cast.system
        assert "meta" not in found.parameters

    def test_goes_along_with_instructions_of_one_s_own(self, alice: User) -> None:
        conversation = begun(alice, made(alice))
        presets.instruct(alice, conversation.code, "Be brief.", "emohaa")
        other = begun(alice, made(alice))
        presets.instruct(alice, other.code, "Be brief.", "glm-4.7")
        assert request(asked(alice, conversation, "emohaa")).parameters["meta"]["bot_info"].endswith("\n\nBe brief.")
        assert request(asked(alice, other, "glm-4.7")).messages[0].content.endswith("\n\nBe brief.")

    def test_takes_a_summary_of_earlier_turns_along(self, alice: User) -> None:
        conversation = begun(alice, made(alice))
        first = asked(alice, conversation, "emohaa")
        people.claimed(first)
        people.ended(people.fresh(first), people.text_part("At sea."))
        summary = context.ask_for_summary(alice, conversation.code)
        summary.move("making")
        summary.move("done", text="They spoke of the sea.")
        Message.objects.filter(pk=summary.message_id).update(context_end=ContextEnd.SUMMARY)
        found = request(asked(alice, conversation, "emohaa"))
        assert [each.role for each in found.messages] == ["user"]
        assert "They spoke of the sea." in found.parameters["meta"]["bot_info"]

    def test_is_told_in_the_text_to_an_assistant(self, alice: User, settings: Any) -> None:
        settings.CHATSITE_ASSISTANTS = {"glm-4-assistant:ChatGLM": "65940acff94777010aa6b796"}
        (message,) = request(asked(alice, begun(alice, made(alice)), "glm-4-assistant:ChatGLM")).messages
        assert message.role == "user"
        assert "Elsa has sailed for thirty years." in message.content
        assert message.content.endswith("\n\nWhere are we?")

    def test_that_nobody_plays_is_filled_for_models_that_want_one(self, alice: User) -> None:
        turn = start.send(people.order(alice, model_name="charglm-3"), made(alice).code, "你好")
        assert request(turn).parameters["meta"]["bot_name"] == "助手"

    def test_leaves_no_words_in_the_record_of_the_call(self, alice: User) -> None:
        request(asked(alice, begun(alice, made(alice)), "emohaa"))
        kept = UpstreamCall.objects.get().parameters
        assert kept["meta"] == ["bot_info", "bot_name", "user_info", "user_name"]

    def test_counts_in_the_context(self, alice: User) -> None:
        short = people.claimed(asked(alice, begun(alice, made(alice)), "glm-4.7")).tokens
        long = people.claimed(asked(alice, begun(alice, made(alice, bot_info="sea " * 500)), "glm-4.7")).tokens
        assert long - short > 300


def conversation_now(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


class TestACharacter:
    def test_stays_deleted_when_somebody_saves_what_they_had_open(self, alice: User) -> None:
        character = made(alice)
        open_elsewhere = Character.objects.get(pk=character.pk)
        characters.delete(alice, character)
        characters.save(alice, open_elsewhere, {**facts_of(character), "name": "Olga"})
        character.refresh_from_db()
        assert (character.name, character.deleted_at is None) == ("Olga", False)


class TestAConversation:
    def test_has_the_character_as_it_was_with_its_model_and_limits(self, alice: User) -> None:
        limits = {"v": 1, "max_tokens": 200}
        character = made(alice, model_name="charglm-4", parameters=limits)
        conversation = conversation_now(begun(alice, character))
        characters.save(alice, character, {**facts_of(character), "name": "Olga"})
        assert (conversation.model_name, conversation.parameters) == ("charglm-4", limits)
        assert conversation.cast is not None
        assert conversation.cast.bot_name == "Elsa"
        found = request(asked(alice, conversation, "charglm-4"))
        assert found.parameters == {"max_tokens": 200}

    def test_has_either_a_character_or_a_preset(self, alice: User) -> None:
        conversation = begun(alice, made(alice))
        preset = Preset.objects.create(owner=alice, name="P", system_prompt="Short.", changed_at="2026-01-01T00:00Z")
        presets.choose(alice, conversation.code, preset, {}, "glm-4.7")
        assert conversation_now(conversation).cast is None
        characters.choose(alice, conversation.code, made(alice), "glm-4.7")
        again = conversation_now(conversation)
        assert (again.system_prompt, again.preset_code, again.preset_name) == ("", None, "")

    def test_of_somebody_else_is_not_to_be_had(self, alice: User) -> None:
        bob = people.person("bob")
        conversation = begun(alice, made(alice))
        with pytest.raises(Missing):
            characters.choose(bob, conversation.code, made(bob), "glm-4.7")

    def test_that_is_deleted_forgets_who_played(self, alice: User) -> None:
        root = people.person("root")
        conversation = begun(alice, made(alice, face=brought(alice)))
        retention.delete_conversation(conversation.code, root, "gone")
        Conversation.objects.update(purge_at="2020-01-01T00:00Z")
        assert retention.purge_due() == 1
        purged = conversation_now(conversation)
        assert (purged.character, purged.face) == ({}, None)


def facts_of(character: Character) -> dict[str, Any]:
    return {name: getattr(character, name) for name in characters.FIELDS}


class TestWordLists:
    @pytest.mark.parametrize("field", ["name", "bot_info", "user_info", "greeting", "dialogue"])
    def test_keep_a_text_from_being_saved(self, alice: User, field: str) -> None:
        forbidden("kraken")
        with pytest.raises(NotAccepted) as refused:
            made(alice, **{field: "The kraken."})
        assert str(refused.value) == field
        assert not Character.objects.exists()

    def test_keep_a_character_from_a_conversation(self, alice: User) -> None:
        character = made(alice, bot_info="A kraken.")
        forbidden("kraken")
        with pytest.raises(NotAccepted):
            begun(alice, character)
        assert not Conversation.objects.exists()

    def test_that_are_newer_than_the_conversation_keep_it_from_glm(self, alice: User) -> None:
        turn = asked(alice, begun(alice, made(alice, greeting="I am the kraken.")), "emohaa")
        forbidden("kraken")
        assert claim(turn.pk, people.RUNNER) is None
        assert people.fresh(turn).state == TurnState.FAILED
        assert not UpstreamCall.objects.exists()

    def test_keep_a_question_to_a_character_from_glm(self, alice: User) -> None:
        forbidden("kraken")
        turn = asked(alice, begun(alice, made(alice)), "emohaa", "Where is the kraken?")
        assert claim(turn.pk, people.RUNNER) is None
        turn = people.fresh(turn)
        assert (turn.state, turn.question.visibility) == (TurnState.FILTERED, Visibility.BLOCKED)


class TestAReply:
    """What a character says is judged as any reply is; its first words are its own and stay."""

    async def test_that_glm_flags_is_withdrawn(self, alice: User) -> None:
        turn = await sync_to_async(lambda: asked(alice, begun(alice, made(alice)), "emohaa"))()
        turn, _ = await ran(turn, [*fake_glm.text("Bad"), fake_glm.flagged("assistant"), *end(Finish.SENSITIVE)])
        assert (turn.state, turn.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)
        conversation = await sync_to_async(conversation_now)(turn.conversation)
        assert conversation.cast is not None
        assert conversation.cast.greeting == "Can't sleep either, alice?"
        assert await sync_to_async(ReviewCase.objects.count)() == 1

    async def test_that_is_on_a_list_is_withdrawn(self, alice: User) -> None:
        turn = await sync_to_async(lambda: asked(alice, begun(alice, made(alice)), "charglm-4"))()
        await sync_to_async(forbidden)("kraken")
        turn, _ = await ran(turn, [*fake_glm.text("I saw ", "the kraken."), *fake_glm.stop()])
        assert (turn.state, turn.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)

    async def test_keeps_within_the_limits_of_its_character(self, alice: User) -> None:
        elsa = await sync_to_async(made)(alice, model_name="charglm-3", parameters={"v": 1, "max_tokens": 90_000})
        turn = await sync_to_async(lambda: asked(alice, begun(alice, elsa), "charglm-3"))()
        _, glm = await ran(turn, [*fake_glm.text("Ahoy."), *fake_glm.stop()])
        assert glm.requests[0].parameters["max_tokens"] == 4096


@pytest.mark.usefixtures("storage")
class TestAFace:
    def test_is_kept_while_a_character_or_a_conversation_has_it(self, alice: User, settings: Any) -> None:
        settings.CHATSITE_PICTURE_GRACE = 0
        character = made(alice, face=brought(alice))
        begun(alice, character)
        assert pictures.sweep() == 0
        character.delete()
        assert pictures.sweep() == 0
        Conversation.objects.update(face=None)
        assert pictures.sweep() == 1

    def test_that_its_person_deletes_is_gone_everywhere(self, alice: User) -> None:
        character = made(alice, face=brought(alice))
        conversation = begun(alice, character)
        pictures.forget(Picture.objects.get())
        character.refresh_from_db()
        assert (character.face, conversation_now(conversation).face) == (None, None)
