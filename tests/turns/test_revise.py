"""A person writes a reply anew: the original stays, the new one is shown, and nothing happens twice."""

import uuid

import pytest

from conversations import present
from conversations.models import Conversation, Message, Role, TurnState, User, text_part
from conversations.turns import revise, start
from conversations.turns.errors import Busy, Missing, Unfit
from tests.people import answered, asked, claimed, ended, fresh, order, path_of, person, running, withheld

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return person("alice")


def revised(alice: User, message: Message, text: str = "Better.", code: uuid.UUID | None = None) -> Message:
    return revise.revise(alice, message.conversation.code, message.code, code or uuid.uuid4(), text)


def test_the_new_text_stands_beside_the_original_and_is_shown(alice: User) -> None:
    turn = answered(alice, "Why?", "Because.")
    made = revised(alice, turn.reply)
    assert path_of(turn.conversation) == ["Why?", "Better."]
    assert (made.edited_from, made.parent_id, made.position) == (turn.reply.code, turn.question.pk, 1)
    shown = present.window(Conversation.objects.get(pk=turn.conversation.pk), {}).messages[-1]
    assert (shown.is_edited, shown.turn, shown.alternatives.count) == (True, None, 2)
    assert present.text_of(turn.reply) == "Because."


def test_it_is_what_the_model_reads_next(alice: User) -> None:
    turn = answered(alice, "Why?", "Because.")
    revised(alice, turn.reply)
    assignment = claimed(asked(alice, "And?", Conversation.objects.get(pk=turn.conversation.pk)))
    assert [message.content for message in assignment.request.messages] == ["Why?", "Better.", "And?"]


def test_what_followed_stays_with_the_original(alice: User) -> None:
    first = answered(alice, "Why?", "Because.")
    answered(alice, "And?", "So.", conversation=first.conversation)
    revised(alice, first.reply)
    assert path_of(first.conversation) == ["Why?", "Better."]
    start.show_alternative(alice, first.conversation.code, first.reply.code)
    assert path_of(first.conversation) == ["Why?", "Because.", "And?", "So."]


def test_a_continued_reply_is_replaced_as_a_whole(alice: User) -> None:
    turn = ended(running(alice, "Go"), text_part("Once upon"), TurnState.STOPPED)
    rest = start.continue_reply(order(alice), turn.conversation.code, turn.reply.code)
    claimed(rest)
    rest = ended(fresh(rest), text_part(" a time"))
    made = revised(alice, rest.reply)
    assert (made.edited_from, made.depth) == (turn.reply.code, turn.reply.depth)
    assert path_of(turn.conversation) == ["Go", "Better."]


def test_versions_of_versions_name_the_original(alice: User) -> None:
    turn = answered(alice)
    second = revised(alice, revised(alice, turn.reply))
    assert second.edited_from == turn.reply.code


def test_a_form_sent_twice_is_one_version(alice: User) -> None:
    turn, code = answered(alice), uuid.uuid4()
    assert revised(alice, turn.reply, "A", code) == revised(alice, turn.reply, "A", code)
    assert Message.objects.filter(role=Role.ASSISTANT).count() == 2


def test_a_code_of_somebody_else_is_refused(alice: User) -> None:
    foreign = answered(person())
    with pytest.raises(Unfit):
        revised(alice, answered(alice).reply, code=foreign.reply.code)


def test_strangers_find_nothing(alice: User) -> None:
    with pytest.raises(Missing):
        revised(person(), answered(alice).reply)


def test_questions_are_not_edited_this_way(alice: User) -> None:
    with pytest.raises(Missing):
        revised(alice, answered(alice).question)


def test_while_a_reply_is_written_nothing_is_stored(alice: User) -> None:
    turn = answered(alice)
    running(alice, "More?", turn.conversation)
    with pytest.raises(Busy):
        revised(alice, turn.reply)
    assert Message.objects.exclude(edited_from=None).count() == 0


def test_what_is_withheld_or_empty_cannot_be_edited(alice: User) -> None:
    for turn in (withheld(alice), ended(running(alice), (), TurnState.FAILED)):
        with pytest.raises(Unfit):
            revised(alice, turn.reply)


def test_every_page_is_told(alice: User) -> None:
    turn = answered(alice)
    before = Conversation.objects.get(pk=turn.conversation.pk)
    revised(alice, turn.reply)
    after = Conversation.objects.get(pk=turn.conversation.pk)
    assert after.revision == after.path_revision == before.revision + 1
    assert after.listed_revision > before.listed_revision
