"""Replies as people take them along."""

import pytest

from conversations import texts
from conversations.models import Conversation, Turn, TurnState, User, text_part
from conversations.turns import start
from tests.people import answered, claimed, ended, fresh, order, person, running, withheld

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return person("alice")


def of(turn: Turn) -> Conversation:
    return Conversation.objects.get(pk=turn.conversation.pk)


def continued(alice: User, turn: Turn, text: str, state: TurnState = TurnState.COMPLETED) -> Turn:
    rest = start.continue_reply(order(alice), turn.conversation.code, turn.reply.code)
    claimed(rest)
    return ended(fresh(rest), text_part(text), state)


def test_a_reply_is_as_it_was_written(alice: User) -> None:
    turn = answered(alice, reply="**Yes** of `course`.")
    assert texts.markdown_of(of(turn), turn.reply) == "**Yes** of `course`."
    assert texts.plain_text_of(of(turn), turn.reply) == "Yes of course."


def test_a_continued_reply_is_one_text_whichever_part_is_asked_for(alice: User) -> None:
    first = ended(running(alice), text_part("Once upon"), TurnState.STOPPED)
    second = continued(alice, first, " a ti", TurnState.STOPPED)
    third = continued(alice, second, "me.")
    answered(alice, "And then?", "The end.", conversation=of(first))
    for part in (first, second, third):
        assert texts.markdown_of(of(first), part.reply) == "Once upon a time."


def test_an_alternative_that_is_not_shown_is_its_own_text(alice: User) -> None:
    turn = answered(alice, reply="One")
    start.regenerate(order(alice), turn.conversation.code, turn.reply.code)
    assert texts.markdown_of(of(turn), turn.reply) == "One"


def test_what_is_withheld_is_not_taken_along(alice: User) -> None:
    turn = withheld(alice)
    assert texts.markdown_of(of(turn), turn.reply) == ""
