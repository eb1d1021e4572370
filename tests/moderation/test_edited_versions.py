"""A reply that its reader has edited holds the same words: a verdict goes for it too."""

import uuid

import pytest

from conversations import moderation, standing
from conversations.models import CaseState, Conversation, Message, Turn, User, Visibility, WordList
from conversations.moderation import Concern
from conversations.turns.revise import revise
from tests import people
from tests.people import case_of, released, upheld

pytestmark = pytest.mark.django_db

FLAG = Concern("staff", "assistant", 1)


@pytest.fixture
def ada() -> User:
    return people.person("ada")


def edited(turn: Turn) -> Message:
    return revise(turn.person, turn.conversation.code, turn.reply.code, uuid.uuid4(), "Nearly the same.")


def flag(message: Message) -> None:
    message = Message.objects.select_related("conversation__owner").get(pk=message.pk)
    message.conversation.next_revision()
    moderation.open_case(message, [FLAG])


def visibility(message: Message) -> str:
    return Message.objects.get(pk=message.pk).visibility


def test_it_goes_with_the_original_and_comes_back_with_it(ada: User) -> None:
    turn = people.answered(ada)
    version = edited(turn)
    flag(turn.reply)
    assert (visibility(turn.reply), visibility(version)) == (Visibility.HELD, Visibility.HELD)
    before = Conversation.objects.get(pk=turn.conversation.pk).revision
    released(turn.reply)
    assert visibility(version) == Visibility.SHOWN
    assert Message.objects.get(pk=version.pk).revision > before


def test_it_stays_away_with_the_original(ada: User) -> None:
    turn = people.answered(ada)
    version = edited(turn)
    flag(turn.reply)
    upheld(turn.reply)
    assert visibility(version) == Visibility.REMOVED


def test_with_a_case_of_its_own_it_waits_for_its_own_verdict(ada: User) -> None:
    turn = people.answered(ada)
    version = edited(turn)
    flag(version)
    assert visibility(turn.reply) == Visibility.SHOWN
    flag(turn.reply)
    released(turn.reply)
    assert visibility(version) == Visibility.HELD
    assert case_of(version).state == CaseState.OPEN


class TestOneWithWordsOnAList:
    """What a person writes in a reply's place goes into prompts as their questions do."""

    def listed(self, **facts: bool) -> None:
        WordList.objects.create(name="house", entries="nearly", **facts)
        standing.refresh()

    def test_is_withheld_and_sent_to_nobody(self, ada: User) -> None:
        self.listed()
        turn = people.answered(ada, "first")
        version = edited(turn)
        assert visibility(version) == Visibility.HELD
        assert case_of(version).source == "word_list"
        request = people.claimed(people.asked(ada, "second", turn.conversation)).request
        assert [message.content for message in request.messages] == ["second"]

    def test_is_let_through_by_a_list_that_is_for_replies(self, ada: User) -> None:
        self.listed(checks_input=False)
        assert visibility(edited(people.answered(ada))) == Visibility.SHOWN
