"""What a person does with a message: edit, answer again, continue, look at an alternative, stop."""

import uuid
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client

from conversations.models import Conversation, Message, Turn, TurnState, User, text_part
from conversations.moderation import Concern
from tests.people import answered, asked, claimed, ended, fresh, path_of, released, running, upheld, withheld

from .pages import HTMX, html, typed_text, words

Address = Callable[[Turn], str]


def at(command: str) -> Address:
    return lambda turn: f"/c/{turn.conversation.code}/messages/{turn.reply.code}/{command}/"


def edit_address(turn: Turn) -> str:
    return f"/c/{turn.conversation.code}/messages/{turn.question.code}/edit/"


def stop_address(turn: Turn) -> str:
    return f"/c/{turn.conversation.code}/turns/{turn.code}/stop/"


COMMANDS: dict[str, Address] = {
    "regenerate": at("regenerate"),
    "alone": at("regenerate/alone"),
    "continue": at("continue"),
    "show": at("show"),
    "edit": edit_address,
    "stop": stop_address,
}
EACH = pytest.mark.parametrize("address", COMMANDS.values(), ids=COMMANDS)


def stopped(alice: User) -> Turn:
    return ended(running(alice), text_part("Half a"), TurnState.STOPPED)


@EACH
def test_a_stranger_gets_404_and_changes_nothing(at_bob: Client, alice: User, address: Address) -> None:
    turn = stopped(alice)
    response = at_bob.post(address(turn), {"text": "mine now"})
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert Message.objects.count() == 2


@EACH
def test_a_foreign_code_in_an_own_conversation_gets_404(
    at_alice: Client, alice: User, bob: User, address: Address
) -> None:
    own, foreign = stopped(alice), stopped(bob)
    mixed = address(foreign).replace(str(foreign.conversation.code), str(own.conversation.code))
    assert at_alice.post(mixed, {"text": "mine now"}).status_code == HTTPStatus.NOT_FOUND
    assert Message.objects.count() == 4


@EACH
def test_who_is_signed_out_changes_nothing(at_stranger: Client, alice: User, address: Address) -> None:
    assert at_stranger.post(address(stopped(alice)), {"text": "who?"}).status_code == HTTPStatus.UNAUTHORIZED
    assert Message.objects.count() == 2


@pytest.mark.parametrize("name", ["regenerate", "alone", "continue", "show", "stop"])
def test_commands_are_posts(at_alice: Client, alice: User, name: str) -> None:
    assert at_alice.get(COMMANDS[name](stopped(alice))).status_code == HTTPStatus.METHOD_NOT_ALLOWED


class TestEdit:
    def test_the_old_words_are_in_the_box(self, at_alice: Client, alice: User) -> None:
        turn = answered(alice, "What is a <tide>?\n\nReally?")
        assert typed_text(at_alice.get(edit_address(turn))) == "What is a <tide>?\n\nReally?"

    def test_the_new_question_stands_beside_the_old_one(self, at_alice: Client, alice: User) -> None:
        turn = answered(alice, "Old?", "Old.")
        response = at_alice.post(edit_address(turn), {"text": "New?"}, follow=True)
        assert path_of(turn.conversation) == ["New?", ""]
        assert "2 / 2" in words(response)

    def test_a_form_sent_twice_is_one_question(self, at_alice: Client, alice: User) -> None:
        turn, key = answered(alice), str(uuid.uuid4())
        for _ in range(2):
            at_alice.post(edit_address(turn), {"text": "New?", "client_key": key})
        assert Message.objects.filter(role="user").count() == 2

    def test_an_empty_question_is_refused(self, at_alice: Client, alice: User) -> None:
        response = at_alice.post(edit_address(answered(alice)), {"text": " "})
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "empty" in words(response)

    def test_a_script_gets_a_form_to_put_in_its_place_and_words_alone(self, at_alice: Client, alice: User) -> None:
        address = edit_address(answered(alice, "Old <words>"))
        response = at_alice.get(address, headers=HTMX)
        assert html(response).startswith("<edit-message")
        assert typed_text(response) == "Old <words>"
        refused = at_alice.post(address, {"text": " "}, headers=HTMX)
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert html(refused).startswith('<p class="failure')

    def test_a_reply_cannot_be_edited(self, at_alice: Client, alice: User) -> None:
        turn = answered(alice)
        address = f"/c/{turn.conversation.code}/messages/{turn.reply.code}/edit/"
        assert at_alice.get(address).status_code == HTTPStatus.NOT_FOUND

    def test_while_a_reply_is_written_the_text_is_kept(self, at_alice: Client, alice: User) -> None:
        turn = asked(alice)
        response = at_alice.post(edit_address(turn), {"text": "New words"})
        assert response.status_code == HTTPStatus.CONFLICT
        assert typed_text(response) == "New words"

    def test_a_question_that_glm_refused_can_be_put_differently(self, at_alice: Client, alice: User) -> None:
        turn = ended(running(alice, "Refused words"), (), TurnState.FILTERED, Concern("http_1301", "user"))
        shown = at_alice.get(f"/c/{turn.conversation.code}/")
        assert "This question was not accepted" in words(shown)
        assert "Refused words" in words(shown)
        assert edit_address(turn) in html(shown)
        assert typed_text(at_alice.get(edit_address(turn))) == "Refused words"

    @pytest.mark.parametrize(
        ("judge", "said", "is_offered"),
        [(None, "not accepted", False), (released, "Released after review", True), (upheld, "Not released", False)],
    )
    def test_a_question_that_glm_refused_is_explained_once(
        self, at_alice: Client, alice: User, judge: Callable[[Message], object] | None, said: str, is_offered: bool
    ) -> None:
        turn = ended(running(alice, "Odd words"), (), TurnState.FILTERED, Concern("http_1301", "user"))
        if judge:
            judge(turn.question)
        page = at_alice.get(f"/c/{turn.conversation.code}/")
        shown = words(page)
        assert said in shown
        assert ("Not answered" in shown, shown.count("accepted")) == (not is_offered, 0 if judge else 1)
        assert (f'formaction="{at("regenerate")(turn)}"' in html(page)) == is_offered

    def test_open_pages_hear_that_a_released_question_can_be_answered(self, alice: User) -> None:
        turn = ended(running(alice, "Odd words"), (), TurnState.FILTERED, Concern("http_1301", "user"))
        released(turn.question)
        after = fresh(turn)
        assert after.reply.revision == after.conversation.revision > turn.conversation.revision


class TestRegenerate:
    def test_the_new_reply_is_an_alternative(self, at_alice: Client, alice: User) -> None:
        turn = answered(alice, "Why?", "Because.")
        response = at_alice.post(at("regenerate")(turn), follow=True)
        assert path_of(turn.conversation) == ["Why?", ""]
        assert "2 / 2" in words(response)

    def test_a_button_pressed_twice_is_one_reply(self, at_alice: Client, alice: User) -> None:
        turn, key = answered(alice), str(uuid.uuid4())
        for _ in range(2):
            at_alice.post(at("regenerate")(turn), {"client_key": key})
        assert Turn.objects.count() == 2

    def test_it_is_written_by_the_model_that_is_chosen_now(self, at_alice: Client, alice: User) -> None:
        at_alice.post(at("regenerate")(answered(alice)), {"model": "glm-4.7-flash"})
        assert Turn.objects.latest("pk").model_name == "glm-4.7-flash"

    def test_a_second_reply_at_once_is_refused_in_words(self, at_alice: Client, alice: User) -> None:
        response = at_alice.post(at("regenerate")(asked(alice)), headers=HTMX)
        assert response.status_code == HTTPStatus.CONFLICT
        assert "still being written" in words(response)

    def test_a_withheld_reply_can_be_answered_anew(self, at_alice: Client, alice: User) -> None:
        turn = withheld(alice)
        assert at_alice.post(at("regenerate")(turn)).status_code == HTTPStatus.SEE_OTHER


class TestAlone:
    """After a refusal because of something earlier."""

    def objected(self, alice: User) -> Turn:
        talk = answered(alice, "Earlier?", "Earlier.").conversation
        return ended(running(alice, "Why?", talk), (), TurnState.FILTERED, Concern("http_1301", "history"))

    def test_the_question_can_be_asked_without_what_was_before(self, at_alice: Client, alice: User) -> None:
        turn = self.objected(alice)
        page = at_alice.get(f"/c/{turn.conversation.code}/")
        assert "GLM objects to an earlier message" in words(page)
        assert at("regenerate/alone")(turn) in html(page)
        shown = at_alice.post(at("regenerate/alone")(turn), follow=True)
        assert "The context starts here" in words(shown)
        assert "2 / 2" in words(shown)
        request = claimed(Turn.objects.latest("pk")).request
        assert [message.content for message in request.messages] == ["Why?"]

    def test_and_all_that_follows_too_until_it_is_undone(self, at_alice: Client, alice: User) -> None:
        turn = self.objected(alice)
        at_alice.post(at("regenerate/alone")(turn))
        again = Turn.objects.latest("pk")
        claimed(again)
        ended(again, text_part("Because."))
        following = claimed(asked(alice, "And?", fresh(again).conversation)).request
        assert [message.content for message in following.messages] == ["Why?", "Because.", "And?"]

    def test_not_where_nothing_was_before(self, at_alice: Client, alice: User) -> None:
        turn = ended(running(alice), (), TurnState.FILTERED, Concern("http_1301", "history"))
        assert at("regenerate/alone")(turn) not in html(at_alice.get(f"/c/{turn.conversation.code}/"))
        response = at_alice.post(at("regenerate/alone")(turn), headers=HTMX)
        assert response.status_code == HTTPStatus.CONFLICT
        assert Turn.objects.count() == 1

    def test_pressed_twice_is_one_reply(self, at_alice: Client, alice: User) -> None:
        turn, key = self.objected(alice), str(uuid.uuid4())
        for _ in range(2):
            at_alice.post(at("regenerate/alone")(turn), {"client_key": key})
        assert Turn.objects.count() == 3


class TestContinue:
    def test_the_rest_follows_with_a_seam(self, at_alice: Client, alice: User) -> None:
        turn = stopped(alice)
        response = at_alice.post(at("continue")(turn), follow=True)
        assert path_of(turn.conversation) == ["Hello?", "Half a", ""]
        assert "message--continues" in html(response)

    def test_a_reply_with_words_after_it_is_not_continued(self, at_alice: Client, alice: User) -> None:
        turn = stopped(alice)
        answered(alice, conversation=turn.conversation)
        response = at_alice.post(at("continue")(turn), headers=HTMX)
        assert response.status_code == HTTPStatus.CONFLICT
        assert "not possible" in words(response)


class TestShow:
    def test_the_other_alternative_comes_back(self, at_alice: Client, alice: User) -> None:
        turn = answered(alice, "Why?", "Because.")
        at_alice.post(edit_address(turn), {"text": "How?"})
        at_alice.post(f"/c/{turn.conversation.code}/messages/{turn.question.code}/show/")
        assert path_of(turn.conversation) == ["Why?", "Because."]

    def test_showing_what_is_shown_changes_nothing(self, at_alice: Client, alice: User) -> None:
        turn = answered(alice, "Why?", "Because.")
        for _ in range(2):
            assert at_alice.post(at("show")(turn)).status_code == HTTPStatus.SEE_OTHER
        assert path_of(turn.conversation) == ["Why?", "Because."]


class TestStop:
    def test_a_queued_reply_ends_at_once(self, at_alice: Client, alice: User) -> None:
        turn = asked(alice)
        response = at_alice.post(stop_address(turn), follow=True)
        assert "You stopped this reply" in words(response)
        assert "composer__send" in html(response)

    def test_a_running_reply_is_asked_to_end(self, at_alice: Client, alice: User) -> None:
        turn = running(alice)
        at_alice.post(stop_address(turn))
        assert Turn.objects.get(pk=turn.pk).stop_asked_at

    def test_two_people_at_once_stop_it_once(self, at_alice: Client, alice: User) -> None:
        turn = asked(alice)
        answers = {at_alice.post(stop_address(turn)).status_code for _ in range(2)}
        assert answers == {HTTPStatus.SEE_OTHER}
        assert Conversation.objects.get().revision == 2
