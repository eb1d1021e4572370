import uuid

import pytest

from conversations import clock
from conversations.models import Conversation, MessageState, Turn, TurnState
from conversations.turns.errors import Missing
from conversations.turns.stop import stop
from tests import people

pytestmark = pytest.mark.django_db


def pressed(turn: Turn) -> Turn:
    return people.fresh(stop(turn.person, turn.conversation.code, turn.code))


def test_a_queued_turn_ends_at_once() -> None:
    turn = pressed(people.asked(people.person()))
    assert (turn.state, turn.reply.state, turn.reply.parts) == (TurnState.STOPPED, MessageState.SEALED, ())
    assert turn.reply.revision == turn.conversation.revision == 2


def test_a_running_turn_is_asked_to_stop() -> None:
    turn = pressed(people.running(people.person()))
    assert turn.state == TurnState.RUNNING
    assert turn.stop_asked_at is not None


def test_a_second_stop_changes_nothing() -> None:
    queued, running = people.asked(people.person()), people.running(people.person())
    for turn in (queued, running):
        first = pressed(turn)
        second = pressed(turn)
        assert (second.state, second.stop_asked_at) == (first.state, first.stop_asked_at)
        assert second.conversation.revision == first.conversation.revision


def test_a_stop_that_comes_too_late_changes_nothing() -> None:
    turn = pressed(people.answered(people.person()))
    assert (turn.state, turn.stop_asked_at) == (TurnState.COMPLETED, None)


def test_a_turn_that_is_taken_at_the_same_moment_is_asked_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = people.asked(people.person())
    real = Conversation.next_revision

    def taken_first(conversation: Conversation) -> int:
        monkeypatch.setattr(Conversation, "next_revision", real)
        people.claimed(turn)
        return conversation.next_revision()

    monkeypatch.setattr(Conversation, "next_revision", taken_first)
    after = pressed(turn)
    assert after.state == TurnState.RUNNING
    assert after.stop_asked_at is not None


def test_a_stranger_stops_nothing() -> None:
    turn = people.running(people.person())
    with pytest.raises(Missing):
        stop(people.person(), turn.conversation.code, turn.code)
    assert people.fresh(turn).stop_asked_at is None


def test_unknown_codes_and_deleted_conversations_are_missing() -> None:
    turn = people.running(people.person())
    with pytest.raises(Missing):
        stop(turn.person, turn.conversation.code, uuid.uuid4())
    with pytest.raises(Missing):
        stop(turn.person, uuid.uuid4(), turn.code)
    Conversation.objects.update(deleted_at=clock.now())
    with pytest.raises(Missing):
        stop(turn.person, turn.conversation.code, turn.code)
