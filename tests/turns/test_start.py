import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from conversations import clock, present
from conversations.models import Conversation, Message, MessageState, Turn, TurnState, User, Visibility
from conversations.turns import start
from conversations.turns.errors import Busy, Missing, Unfit
from conversations.turns.orders import Order
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob() -> User:
    return people.person("bob")


COMMANDS: dict[str, Callable[[Order, Turn], Any]] = {
    "send": lambda order, turn: start.send(order, turn.conversation.code, "Again?"),
    "regenerate": lambda order, turn: start.regenerate(order, turn.conversation.code, turn.reply.code),
    "edit": lambda order, turn: start.edit_and_resend(order, turn.conversation.code, turn.question.code, "Again?"),
    "continue": lambda order, turn: start.continue_reply(order, turn.conversation.code, turn.reply.code),
}
every_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
but_send = pytest.mark.parametrize("name", [name for name in COMMANDS if name != "send"])


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Conversation, Message, Turn))


class TestAFirstQuestion:
    def test_creates_the_conversation_under_the_code_of_its_page(self, ada: User) -> None:
        code = uuid.uuid4()
        turn = start.send(people.order(ada), code, "Hello  there?")
        conversation = Conversation.objects.get(code=code)
        assert (conversation.owner, conversation.title, conversation.revision) == (ada, "Hello there?", 1)
        assert (turn.state, turn.conversation, turn.person) == (TurnState.QUEUED, conversation, ada)

    def test_stores_a_sealed_question_and_an_open_reply(self, ada: User) -> None:
        turn = people.fresh(people.asked(ada, "Hello?"))
        assert (turn.question.state, turn.question.depth, turn.question.parent) == (
            MessageState.SEALED,
            0,
            None,
        )
        assert (turn.reply.state, turn.reply.depth, turn.reply.parent) == (
            MessageState.OPEN,
            1,
            turn.question,
        )
        assert turn.reply.sealed_at is None
        assert turn.conversation.leaf == turn.reply

    def test_moves_the_list_of_its_person(self, ada: User) -> None:
        turn = people.asked(ada)
        ada.refresh_from_db()
        assert ada.revision == people.fresh(turn).conversation.listed_revision == 1

    def test_of_many_words_gives_a_short_title(self, ada: User) -> None:
        title = people.asked(ada, "word " * 100).conversation.title
        assert len(title) <= present.TITLE_LENGTH
        assert title.endswith("word…")

    def test_under_a_strangers_code_stays_out(self, ada: User, bob: User) -> None:
        turn = people.answered(ada)
        before = counts()
        with pytest.raises(Missing):
            start.send(people.order(bob), turn.conversation.code, "Let me in")
        assert counts() == before

    def test_under_the_code_of_a_deleted_conversation_stays_out(self, ada: User) -> None:
        turn = people.answered(ada)
        Conversation.objects.update(deleted_at=clock.now())
        with pytest.raises(Missing):
            start.send(people.order(ada), turn.conversation.code, "Back again")


class TestANextQuestion:
    def test_goes_to_the_end_of_the_shown_path(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        people.asked(ada, "3", first.conversation)
        assert people.path_of(first.conversation) == ["1", "2", "3", ""]

    def test_only_grows_the_path(self, ada: User) -> None:
        first = people.answered(ada)
        second = people.fresh(people.asked(ada, conversation=first.conversation))
        assert second.conversation.path_revision == 0
        assert second.conversation.revision == second.reply.born == second.reply.revision == 3

    def test_draws_a_reply_anew_that_ended_early(self, ada: User) -> None:
        first = people.ended(people.running(ada), state=TurnState.STOPPED)
        second = people.fresh(people.asked(ada, conversation=first.conversation))
        assert people.fresh(first).reply.revision == second.conversation.revision
        assert people.fresh(first).reply.born == first.reply.born

    def test_leaves_a_reply_alone_that_ended_well(self, ada: User) -> None:
        first = people.ended(people.running(ada), finish="stop")
        people.asked(ada, conversation=first.conversation)
        assert people.fresh(first).reply.revision == first.reply.revision

    def test_remembers_the_model_that_was_chosen(self, ada: User) -> None:
        first = people.answered(ada)
        start.send(people.order(ada, model_name="sandbox-echo"), first.conversation.code, "x")
        assert people.fresh(first).conversation.model_name == "sandbox-echo"


@every_command
class TestAnyCommand:
    def test_of_a_stranger_finds_nothing(self, command: Callable[..., Any], ada: User, bob: User) -> None:
        turn = people.answered(ada)
        before = counts()
        with pytest.raises(Missing):
            command(people.order(bob), turn)
        assert counts() == before
        assert people.fresh(turn).conversation.revision == turn.conversation.revision

    def test_in_a_deleted_conversation_finds_nothing(self, command: Callable[..., Any], ada: User) -> None:
        turn = people.answered(ada)
        Conversation.objects.update(deleted_at=clock.now())
        with pytest.raises(Missing):
            command(people.order(ada), turn)

    def test_while_a_reply_is_written_is_refused_and_leaves_nothing(
        self, command: Callable[..., Any], ada: User
    ) -> None:
        turn = people.answered(ada)
        live = start.regenerate(people.order(ada), turn.conversation.code, turn.reply.code)
        Conversation.objects.update(leaf=turn.reply)
        before, revision = counts(), people.fresh(live).conversation.revision
        with pytest.raises(Busy):
            command(people.order(ada), turn)
        assert counts() == before
        assert people.fresh(live).conversation.revision == revision

    def test_twice_with_one_key_is_one_turn(self, command: Callable[..., Any], ada: User) -> None:
        turn = people.answered(ada)
        order = people.order(ada, uuid.uuid4())
        first = command(order, turn)
        before = counts()
        assert command(order, turn).pk == first.pk
        assert counts() == before

    def test_that_meets_its_key_where_it_would_fit_answers_as_the_first_did(
        self, command: Callable[..., Any], ada: User
    ) -> None:
        turn = people.answered(ada)
        order = people.order(ada, uuid.uuid4())
        first = command(order, turn)
        people.claimed(first)
        people.ended(first)
        before = counts()
        Conversation.objects.update(leaf=turn.reply)
        assert command(order, turn).pk == first.pk
        assert counts() == before


class TestAKey:
    def test_is_unique_for_each_person_only(self, ada: User, bob: User) -> None:
        key = uuid.uuid4()
        ones = start.send(people.order(ada, key), uuid.uuid4(), "x")
        others = start.send(people.order(bob, key), uuid.uuid4(), "x")
        assert ones.pk != others.pk
        with pytest.raises(IntegrityError):
            Turn.objects.filter(pk=others.pk).update(person=ada)


class TestAnUnknownMessage:
    @but_send
    def test_is_missing(self, name: str, ada: User) -> None:
        turn = people.answered(ada)
        turn.reply.code = turn.question.code = uuid.uuid4()
        with pytest.raises(Missing):
            COMMANDS[name](people.order(ada), turn)

    @but_send
    def test_of_another_conversation_is_missing(self, name: str, ada: User) -> None:
        turn, other = people.answered(ada), people.answered(ada)
        turn.reply, turn.question = other.reply, other.question
        with pytest.raises(Missing):
            COMMANDS[name](people.order(ada), turn)

    @but_send
    def test_of_the_wrong_role_is_missing(self, name: str, ada: User) -> None:
        turn = people.answered(ada)
        turn.reply, turn.question = turn.question, turn.reply
        with pytest.raises(Missing):
            COMMANDS[name](people.order(ada), turn)


class TestAnsweringAgain:
    def test_adds_an_alternative_beside_the_reply_and_shows_it(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        second = people.fresh(start.regenerate(people.order(ada), first.conversation.code, first.reply.code))
        assert (second.question, second.reply.parent) == (first.question, first.question)
        assert (first.reply.position, second.reply.position) == (0, 1)
        assert people.path_of(first.conversation) == ["1", ""]
        assert second.conversation.path_revision == second.conversation.revision

    def test_in_the_middle_cuts_nothing_off(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        people.answered(ada, "3", "4", first.conversation)
        start.regenerate(people.order(ada), first.conversation.code, first.reply.code)
        assert people.path_of(first.conversation) == ["1", ""]
        start.show_alternative(ada, first.conversation.code, first.reply.code)
        assert people.path_of(first.conversation) == ["1", "2", "3", "4"]

    def test_of_a_continuation_begins_at_the_whole_reply(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        more = start.continue_reply(people.order(ada), first.conversation.code, first.reply.code)
        people.claimed(more)
        people.ended(more)
        again = people.fresh(start.regenerate(people.order(ada), first.conversation.code, more.reply.code))
        assert (again.question, again.reply.parent, again.reply.continues) == (
            first.question,
            first.question,
            False,
        )

    def test_of_a_blocked_question_is_refused(self, ada: User) -> None:
        turn = people.answered(ada)
        Message.objects.filter(pk=turn.question.pk).update(visibility=Visibility.BLOCKED)
        with pytest.raises(Unfit):
            start.regenerate(people.order(ada), turn.conversation.code, turn.reply.code)

    def test_of_a_withheld_reply_is_allowed(self, ada: User) -> None:
        turn = people.withheld(ada)
        assert start.regenerate(people.order(ada), turn.conversation.code, turn.reply.code).pk


class TestAskingAnew:
    def test_adds_an_alternative_beside_the_question(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        second = people.answered(ada, "3", "4", first.conversation)
        edited = start.edit_and_resend(people.order(ada), first.conversation.code, second.question.code, "3b")
        assert people.path_of(first.conversation) == ["1", "2", "3b", ""]
        assert (edited.question.parent_id, edited.question.position) == (first.reply.pk, 1)

    def test_works_for_the_first_question(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        edited = start.edit_and_resend(people.order(ada), first.conversation.code, first.question.code, "1b")
        assert people.path_of(first.conversation) == ["1b", ""]
        assert (edited.question.parent, edited.question.position, edited.question.depth) == (None, 1, 0)

    def test_works_for_a_blocked_question(self, ada: User) -> None:
        turn = people.answered(ada)
        Message.objects.filter(pk=turn.question.pk).update(visibility=Visibility.BLOCKED)
        edited = start.edit_and_resend(people.order(ada), turn.conversation.code, turn.question.code, "kinder")
        assert edited.question.visibility == Visibility.SHOWN


class TestGoingOn:
    def test_adds_a_child_that_continues(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        more = people.fresh(start.continue_reply(people.order(ada), first.conversation.code, first.reply.code))
        assert (more.reply.continues, more.reply.parent, more.question) == (True, first.reply, first.reply)
        assert people.path_of(first.conversation) == ["1", "2", ""]

    def test_is_for_the_last_reply_only(self, ada: User) -> None:
        first = people.answered(ada)
        people.answered(ada, conversation=first.conversation)
        with pytest.raises(Unfit):
            start.continue_reply(people.order(ada), first.conversation.code, first.reply.code)

    @pytest.mark.parametrize("reply", ["", " \n"])
    def test_of_a_reply_without_words_is_refused(self, reply: str, ada: User) -> None:
        turn = people.answered(ada, reply=reply)
        with pytest.raises(Unfit):
            start.continue_reply(people.order(ada), turn.conversation.code, turn.reply.code)

    def test_of_a_withheld_reply_is_refused(self, ada: User) -> None:
        turn = people.withheld(ada)
        with pytest.raises(Unfit):
            start.continue_reply(people.order(ada), turn.conversation.code, turn.reply.code)

    def test_of_an_open_reply_is_refused(self, ada: User) -> None:
        turn = people.running(ada)
        with pytest.raises(Unfit):
            start.continue_reply(people.order(ada), turn.conversation.code, turn.reply.code)


class TestShowingAnAlternative:
    def test_leads_the_path_through_it_to_its_latest_leaf(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        second = start.regenerate(people.order(ada), first.conversation.code, first.reply.code)
        conversation = start.show_alternative(ada, first.conversation.code, first.reply.code)
        assert people.path_of(conversation) == ["1", "2"]
        start.show_alternative(ada, first.conversation.code, second.reply.code)
        assert people.path_of(conversation) == ["1", ""]

    def test_is_a_change_of_the_path(self, ada: User) -> None:
        turn = people.answered(ada)
        start.show_alternative(ada, turn.conversation.code, turn.reply.code)
        conversation = people.fresh(turn).conversation
        assert conversation.revision == conversation.path_revision == turn.conversation.revision + 1

    def test_of_a_stranger_finds_nothing(self, ada: User, bob: User) -> None:
        turn = people.answered(ada)
        with pytest.raises(Missing):
            start.show_alternative(bob, turn.conversation.code, turn.reply.code)
        assert people.fresh(turn).conversation.revision == turn.conversation.revision

    def test_that_does_not_exist_finds_nothing(self, ada: User) -> None:
        turn = people.answered(ada)
        with pytest.raises(Missing):
            start.show_alternative(ada, turn.conversation.code, uuid.uuid4())


def test_of_two_live_turns_the_database_refuses_the_second(ada: User) -> None:
    first = people.answered(ada)
    people.asked(ada, conversation=first.conversation)
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        Turn.objects.filter(pk=first.pk).update(state=TurnState.QUEUED)
