"""What a flag takes out of sight, what a verdict brings back, and what stays for good."""

import uuid

import pytest

from conversations import clock, evidence, moderation, present
from conversations.models import (
    CaseState,
    Conversation,
    Draft,
    Message,
    NextMessage,
    Part,
    ReviewCase,
    Turn,
    TurnState,
    User,
    Visibility,
)
from conversations.moderation import Concern, text_for_review
from conversations.turns import start
from tests import people
from tests.people import case_of, released, upheld

pytestmark = pytest.mark.django_db

ABOUT_QUESTION = Concern("http_1301", "user", 1)
ABOUT_HISTORY = Concern("http_1301", "history", 1)


@pytest.fixture
def ada() -> User:
    return people.person("ada")


def blocked(turn: Turn) -> Turn:
    return people.ended(turn, (), TurnState.FILTERED, ABOUT_QUESTION)


class TestRelease:
    def test_brings_a_reply_back(self, ada: User) -> None:
        turn = people.withheld(ada, reply="*harmless*")
        released(turn.reply)
        after = people.fresh(turn)
        assert after.reply.visibility == Visibility.SHOWN
        assert after.reply.revision == after.conversation.revision == turn.conversation.revision + 1
        assert (after.reply.released_at is not None, after.reply.reason_code) == (True, "harmless")
        assert "<em>harmless</em>" in present.window(after.conversation, {}).messages[-1].parts[0].html

    def test_brings_a_question_back_into_prompts(self, ada: User) -> None:
        turn = blocked(people.running(ada, "odd"))
        released(turn.question)
        again = people.asked(ada, "next", turn.conversation)
        assert [m.content for m in people.claimed(again).request.messages if m.role == "user"] == ["odd", "next"]

    def test_of_a_case_about_the_history_alone_opens_the_conversation_again(self, ada: User) -> None:
        first = people.answered(ada, "first")
        turn = people.ended(people.running(ada, "second", first.conversation), (), TurnState.FILTERED, ABOUT_HISTORY)
        released(turn.reply)
        again = people.claimed(people.asked(ada, "third", turn.conversation))
        assert [m.content for m in again.request.messages if m.role == "user"] == ["first", "second", "third"]
        assert people.fresh(turn).reply.visibility == Visibility.SHOWN


class TestUphold:
    def test_keeps_a_reply_out_of_sight_for_good(self, ada: User) -> None:
        turn = people.withheld(ada)
        upheld(turn.reply)
        after = people.fresh(turn)
        assert (after.reply.visibility, after.reply.html) == (Visibility.REMOVED, None)
        assert (after.reply.revision, after.reply.reason_code) == (after.conversation.revision, "unlawful")
        assert present.window(after.conversation, {}).messages[-1].parts == ()

    def test_takes_a_blocked_question_from_its_author_too(self, ada: User) -> None:
        turn = blocked(people.running(ada, "odd"))
        upheld(turn.question)
        assert present.text_of(people.fresh(turn).question) == ""

    def test_takes_a_reply_that_was_only_marked(self, ada: User) -> None:
        turn = people.answered(ada, reply="A secret.")
        assert moderation.report(people.fresh(turn).reply, ada, "report_wrong")
        upheld(turn.reply)
        after = people.fresh(turn)
        assert (after.reply.visibility, after.reply.is_marked) == (Visibility.REMOVED, False)
        assert "secret" not in str(present.window(after.conversation, {}))

    def test_keeps_the_text_for_the_record(self, ada: User) -> None:
        turn = people.withheld(ada, reply="a secret")
        assert text_for_review(upheld(turn.reply)) == "a secret"

    def test_was_possible_with_all_that_a_release_would_show(self, ada: User) -> None:
        parts = [Part("reasoning", "a plan"), Part("text", "a secret")]
        turn = people.ended(people.running(ada), parts, TurnState.FILTERED, Concern("finish", "assistant"))
        assert text_for_review(case_of(turn.reply)) == "a plan\n\na secret"

    def test_of_a_case_about_the_history_alone_changes_no_message(self, ada: User) -> None:
        turn = people.ended(people.running(ada), (), TurnState.FILTERED, ABOUT_HISTORY)
        upheld(turn.reply)
        assert people.fresh(turn).reply.visibility == Visibility.SHOWN
        assert people.fresh(turn).trouble == "history"

    def test_of_a_blocked_question_that_its_author_looked_at_leaves_no_rendering(self, ada: User) -> None:
        turn = blocked(people.running(ada, "odd words"))
        present.window(turn.conversation, {})
        assert people.fresh(turn).question.html is not None
        upheld(turn.question)
        assert people.fresh(turn).question.html is None


class TestTheTitle:
    def title(self, turn: Turn) -> str:
        return people.fresh(turn).conversation.title

    def test_loses_the_words_of_a_blocked_question_and_gets_them_back_by_release(self, ada: User) -> None:
        turn = blocked(people.running(ada, "odd words"))
        assert self.title(turn) == ""
        released(turn.question)
        assert self.title(turn) == "odd words"

    def test_never_has_the_words_of_a_removed_question(self, ada: User) -> None:
        turn = blocked(people.running(ada, "odd words"))
        upheld(turn.question)
        assert self.title(turn) == ""

    def test_is_taken_from_the_next_question_that_is_asked_instead(self, ada: User) -> None:
        turn = blocked(people.running(ada, "odd words"))
        edited = start.edit_and_resend(people.order(ada), turn.conversation.code, turn.question.code, "good words")
        assert self.title(edited) == "good words"
        released(turn.question)
        assert self.title(edited) == "good words"

    def test_of_somebodys_own_choice_stays(self, ada: User) -> None:
        turn = people.running(ada, "odd words")
        Conversation.objects.update(title="odd words", title_is_own=True)
        assert self.title(blocked(turn)) == "odd words"

    def test_from_another_question_stays(self, ada: User) -> None:
        first = people.answered(ada, "good words")
        turn = blocked(people.running(ada, "odd words", first.conversation))
        released(turn.question)
        assert self.title(turn) == "good words"


class TestDrafts:
    def draft(self, ada: User, text: str, code: uuid.UUID | None = None) -> Draft:
        facts = {"version": 1, "writer": uuid.uuid4(), "seq": 1}
        return Draft.objects.create(person=ada, conversation_id=code or uuid.uuid4(), text=text, **facts)

    def test_lose_the_lines_that_quote_what_is_withdrawn(self, ada: User) -> None:
        turn = people.running(ada)
        draft = self.draft(ada, "> A secret.\n\nWhat is that?", turn.conversation.code)
        elsewhere = self.draft(ada, ">A secret.\n> Something else")
        people.ended(turn, (Part("text", "Well.\nA secret."),), TurnState.FILTERED, Concern("finish", "assistant"))
        draft.refresh_from_db()
        elsewhere.refresh_from_db()
        assert draft.text == "\nWhat is that?"
        assert elsewhere.text == "> Something else"
        assert draft.version > clock.now().timestamp()

    def test_lose_what_was_selected_on_the_page_and_has_no_markup(self, ada: User) -> None:
        turn = people.running(ada)
        draft = self.draft(ada, "> “Leave it,” said the keeper.\n> Nothing else.\n> Mine.", turn.conversation.code)
        reply = "## Clock\n\n“*Leave it*,” said [the keeper](https://example.org).  \nNothing **else**."
        people.ended(turn, (Part("text", reply),), TurnState.FILTERED, Concern("finish", "assistant"))
        draft.refresh_from_db()
        assert draft.text == "> Mine."

    def test_of_other_people_stay(self, ada: User) -> None:
        theirs = self.draft(people.person(), "> A secret.")
        people.withheld(ada, reply="A secret.")
        theirs.refresh_from_db()
        assert theirs.text == "> A secret."

    @pytest.mark.parametrize(("text", "left"), [("> A secret.", None), ("> A secret.\nWhy?", "Why?")])
    def test_that_wait_to_be_sent_lose_them_too(self, ada: User, text: str, left: str | None) -> None:
        turn = people.running(ada)
        Conversation.objects.update(has_next=True)
        NextMessage.objects.create(
            conversation=turn.conversation, text=text, html=["x"], renderer_version=1, model_name=people.MODEL
        )
        people.ended(turn, (Part("text", "A secret."),), TurnState.FILTERED, Concern("finish", "assistant"))
        assert NextMessage.objects.values_list("text", flat=True).first() == left
        assert people.fresh(turn).conversation.has_next == (left is not None)
        assert "secret" not in str(list(NextMessage.objects.values_list("html", flat=True)))


def test_a_message_that_is_withdrawn_already_stays_as_it_is(ada: User) -> None:
    turn = people.withheld(ada)
    Message.objects.filter(pk=turn.reply.pk).update(visibility=Visibility.REMOVED)
    moderation.open_case(people.fresh(turn).reply, [ABOUT_HISTORY])
    assert people.fresh(turn).reply.visibility == Visibility.REMOVED


class TestWhatIsDeletedMeanwhile:
    def test_no_foreign_key_ties_a_case_to_what_a_purge_could_take(self, ada: User) -> None:
        turn = people.withheld(ada)
        ada.delete()
        assert not Turn.objects.filter(pk=turn.pk).exists()
        assert ReviewCase.objects.filter(message_code=turn.reply.code, person_code=ada.code).exists()

    @pytest.mark.parametrize("verdict", [released, upheld])
    def test_is_decided_all_the_same(self, verdict: object, ada: User) -> None:
        turn = people.withheld(ada)
        turn.conversation.delete()
        case = verdict(turn.reply)  # type: ignore[operator]
        assert case.state in (CaseState.RELEASED, CaseState.UPHELD)
        assert evidence.verify(deep=True).fault is None

    def test_of_somebody_who_is_gone_is_told_to_nobody(self, ada: User) -> None:
        turn = people.withheld(ada)
        ada.delete()
        released(turn.reply)

    def test_is_read_from_the_evidence(self, ada: User) -> None:
        turn = people.withheld(ada, "How?", "A secret.")
        ada.delete()
        found = moderation.show_text(case_of(turn.reply), people.reviewer())
        assert found.is_sealed
        assert [(each.parts[0].text, each.is_subject) for each in found.messages] == [
            ("How?", False),
            ("A secret.", True),
        ]

    def test_is_gone_for_reviewers_too_when_its_hold_has_ended(self, ada: User) -> None:
        turn = people.withheld(ada)
        evidence.end_hold(case_of(turn.reply).code, people.reviewer(), "period over")
        ada.delete()
        assert moderation.show_text(case_of(turn.reply), people.reviewer()).messages == ()
