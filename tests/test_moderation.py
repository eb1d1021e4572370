import pytest

from conversations import moderation, present
from conversations.models import (
    CaseState,
    Conversation,
    Flag,
    IllegalMove,
    Message,
    Part,
    ReviewCase,
    ReviewEvent,
    Turn,
    TurnState,
    User,
    Visibility,
)
from conversations.moderation import Concern, release, text_for_review, uphold
from conversations.turns import start
from tests import people

pytestmark = pytest.mark.django_db

ABOUT_QUESTION = Concern("http_1301", "user", 1)
ABOUT_HISTORY = Concern("http_1301", "history", 1)


@pytest.fixture
def ada() -> User:
    return people.person("ada")


@pytest.fixture
def judge() -> User:
    return people.reviewer()


def case_of(message: Message) -> ReviewCase:
    return ReviewCase.objects.get(message_code=message.code)


def events(case: ReviewCase) -> list[tuple[str, str]]:
    return [(event.before, event.after) for event in ReviewEvent.objects.filter(case=case).order_by("pk")]


class TestRelease:
    def test_brings_a_reply_back(self, ada: User, judge: User) -> None:
        turn = people.withheld(ada, reply="*harmless*")
        assert release(case_of(turn.reply), judge, "harmless")
        after = people.fresh(turn)
        assert after.reply.visibility == Visibility.SHOWN
        assert after.reply.revision == after.conversation.revision == turn.conversation.revision + 1
        assert "<em>harmless</em>" in present.window(after.conversation, {}).messages[-1].parts[0].html

    def test_brings_a_question_back_into_prompts(self, ada: User, judge: User) -> None:
        turn = people.ended(people.running(ada, "odd"), (), TurnState.FILTERED, ABOUT_QUESTION)
        assert release(case_of(turn.question), judge, "harmless")
        again = people.asked(ada, "next", turn.conversation)
        assert people.claimed(again).request.messages[0].content == "odd\n\nnext"

    def test_records_who_decided_and_why(self, ada: User, judge: User) -> None:
        case = case_of(people.withheld(ada).reply)
        release(case, judge, "harmless")
        case = ReviewCase.objects.get()
        assert (case.state, case.claimed_by) == (CaseState.RELEASED, judge.code)
        assert case.decided_at is not None
        assert events(case) == [("", "open"), ("open", "claimed"), ("claimed", "released")]
        last = ReviewEvent.objects.order_by("pk").last()
        assert last is not None
        assert (last.actor_code, last.reason) == (judge.code, "harmless")

    def test_of_a_case_about_the_history_alone_changes_no_message(self, ada: User, judge: User) -> None:
        turn = people.ended(people.running(ada), (), TurnState.FILTERED, ABOUT_HISTORY)
        assert release(case_of(turn.reply), judge, "seen")
        assert people.fresh(turn).reply.visibility == Visibility.SHOWN


class TestUphold:
    def test_keeps_a_reply_out_of_sight_for_good(self, ada: User, judge: User) -> None:
        turn = people.withheld(ada)
        assert uphold(case_of(turn.reply), judge, "harmful")
        after = people.fresh(turn)
        assert (after.reply.visibility, after.reply.html) == (Visibility.REMOVED, None)
        assert after.reply.revision == after.conversation.revision
        assert present.window(after.conversation, {}).messages[-1].parts == ()

    def test_takes_a_blocked_question_from_its_author_too(self, ada: User, judge: User) -> None:
        turn = people.ended(people.running(ada, "odd"), (), TurnState.FILTERED, ABOUT_QUESTION)
        uphold(case_of(turn.question), judge, "harmful")
        assert present.text_of(people.fresh(turn).question) == ""

    def test_keeps_the_text_for_the_record(self, ada: User, judge: User) -> None:
        case = case_of(people.withheld(ada, reply="a secret").reply)
        uphold(case, judge, "harmful")
        assert text_for_review(case) == "a secret"

    def test_was_possible_with_all_that_a_release_would_show(self, ada: User) -> None:
        parts = [Part("reasoning", "a plan"), Part("text", "a secret")]
        turn = people.ended(people.running(ada), parts, TurnState.FILTERED, Concern("finish", "assistant"))
        assert text_for_review(case_of(turn.reply)) == "a plan\n\na secret"


@pytest.mark.parametrize("verdict", [release, uphold])
class TestAVerdict:
    def test_that_comes_second_changes_nothing(self, verdict: object, ada: User, judge: User) -> None:
        turn = people.withheld(ada)
        first, second = case_of(turn.reply), case_of(turn.reply)
        assert uphold(first, judge, "harmful")
        assert not verdict(second, people.reviewer(), "late")  # type: ignore[operator]
        assert people.fresh(turn).reply.visibility == Visibility.REMOVED
        assert len(events(first)) == 3

    def test_on_a_decided_case_is_a_mistake(self, verdict: object, ada: User, judge: User) -> None:
        turn = people.withheld(ada)
        release(case_of(turn.reply), judge, "harmless")
        with pytest.raises(IllegalMove):
            verdict(case_of(turn.reply), judge, "again")  # type: ignore[operator]
        assert people.fresh(turn).reply.visibility == Visibility.SHOWN

    def test_stands_although_the_conversation_is_gone(self, verdict: object, ada: User, judge: User) -> None:
        turn = people.withheld(ada)
        case = case_of(turn.reply)
        turn.conversation.delete()
        assert verdict(case, judge, "seen")  # type: ignore[operator]
        assert Flag.objects.filter(case=case).exists()


class TestTheTitle:
    def title(self, turn: Turn) -> str:
        return people.fresh(turn).conversation.title

    def blocked(self, turn: Turn) -> Turn:
        return people.ended(turn, (), TurnState.FILTERED, ABOUT_QUESTION)

    def test_loses_the_words_of_a_blocked_question_and_gets_them_back_by_release(self, ada: User, judge: User) -> None:
        turn = self.blocked(people.running(ada, "odd words"))
        assert self.title(turn) == ""
        release(case_of(turn.question), judge, "harmless")
        assert self.title(turn) == "odd words"
        ada.refresh_from_db()
        assert people.fresh(turn).conversation.listed_revision == ada.revision

    def test_never_has_the_words_of_a_removed_question(self, ada: User, judge: User) -> None:
        turn = self.blocked(people.running(ada, "odd words"))
        uphold(case_of(turn.question), judge, "harmful")
        assert self.title(turn) == ""

    def test_is_taken_from_the_next_question_that_is_asked_instead(self, ada: User, judge: User) -> None:
        turn = self.blocked(people.running(ada, "odd words"))
        edited = start.edit_and_resend(people.order(ada), turn.conversation.code, turn.question.code, "good words")
        assert self.title(edited) == "good words"
        release(case_of(turn.question), judge, "harmless")
        assert self.title(edited) == "good words"

    def test_of_somebodys_own_choice_stays(self, ada: User) -> None:
        turn = people.running(ada, "odd words")
        Conversation.objects.update(title="odd words", title_is_own=True)
        assert self.title(self.blocked(turn)) == "odd words"

    def test_from_another_question_stays(self, ada: User, judge: User) -> None:
        first = people.answered(ada, "good words")
        turn = self.blocked(people.running(ada, "odd words", first.conversation))
        release(case_of(turn.question), judge, "harmless")
        assert self.title(turn) == "good words"


def test_a_blocked_question_that_its_author_looked_at_keeps_no_rendering_when_removed(ada: User, judge: User) -> None:
    turn = people.ended(people.running(ada, "odd words"), (), TurnState.FILTERED, ABOUT_QUESTION)
    present.window(turn.conversation, {})
    assert people.fresh(turn).question.html is not None
    uphold(case_of(turn.question), judge, "harmful")
    assert people.fresh(turn).question.html is None


class TestASecondFlag:
    def test_joins_the_open_case(self, ada: User) -> None:
        turn = people.ended(people.running(ada), (), TurnState.FILTERED, ABOUT_QUESTION, ABOUT_QUESTION)
        assert ReviewCase.objects.count() == 1
        assert case_of(turn.question).flags.count() == 2

    def test_on_a_released_question_asks_a_person_again(self, ada: User, judge: User) -> None:
        turn = people.ended(people.running(ada, "odd"), (), TurnState.FILTERED, ABOUT_QUESTION)
        release(case_of(turn.question), judge, "harmless")
        again = start.regenerate(people.order(ada), turn.conversation.code, turn.reply.code)
        people.claimed(again)
        people.ended(again, (), TurnState.FILTERED, ABOUT_QUESTION)
        case = case_of(turn.question)
        assert people.fresh(turn).question.visibility == Visibility.BLOCKED
        assert (case.state, case.claimed_by, case.decided_at) == (CaseState.OPEN, None, None)
        assert events(case)[-1] == ("released", "open")
        assert release(case, judge, "still harmless")
        assert people.fresh(turn).question.visibility == Visibility.SHOWN


def test_a_message_that_is_withdrawn_already_stays_as_it_is(ada: User) -> None:
    turn = people.withheld(ada)
    Message.objects.filter(pk=turn.reply.pk).update(visibility=Visibility.REMOVED)
    moderation.open_case(people.fresh(turn).reply, [ABOUT_HISTORY])
    assert people.fresh(turn).reply.visibility == Visibility.REMOVED


def test_no_foreign_key_ties_a_case_to_what_a_purge_could_take(ada: User) -> None:
    turn = people.withheld(ada)
    ada.delete()
    assert not Turn.objects.filter(pk=turn.pk).exists()
    assert ReviewCase.objects.filter(message_code=turn.reply.code, person_code=ada.code).exists()
