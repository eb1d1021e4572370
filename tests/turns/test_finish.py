import pytest
from django.db import models, transaction

from conversations import moderation, present
from conversations.glm import Usage
from conversations.markdown import RENDERER_VERSION, render
from conversations.models import (
    CaseState,
    Flag,
    FlagSource,
    MessageState,
    Part,
    ReviewCase,
    ReviewEvent,
    Turn,
    TurnState,
    UpstreamCall,
    User,
    Visibility,
    text_part,
)
from conversations.moderation import Concern
from conversations.turns import screen, start
from conversations.turns.finish import end_call, end_unstarted, finish
from conversations.turns.outcome import CallEnd, Outcome
from tests import people

pytestmark = pytest.mark.django_db

COMPLETED = Outcome(TurnState.COMPLETED, "stop")
SECRET = "the **secret** words"


class TestTheEnd:
    def test_seals_the_reply_and_stores_its_rendering(self, ada: User) -> None:
        parts = [Part("reasoning", "a < b"), Part("text", "*Hi*")]
        reply = people.ended(people.running(ada), parts).reply
        assert (reply.state, reply.parts) == (MessageState.SEALED, tuple(parts))
        assert reply.html == ["a &lt; b", render("*Hi*")]
        assert reply.renderer_version == RENDERER_VERSION
        assert reply.sealed_at is not None

    def test_takes_a_rendering_that_was_made_already(self, ada: User) -> None:
        turn = people.running(ada)
        finish(turn.pk, people.RUNNER, COMPLETED, text_part("Hi"), ["<p>made</p>"])
        assert people.fresh(turn).reply.html == ["<p>made</p>"]

    def test_raises_the_revisions_of_conversation_reply_and_list(self, ada: User) -> None:
        before = people.running(ada)
        after = people.ended(before)
        assert after.conversation.revision == after.reply.revision == before.conversation.revision + 1
        assert after.question.revision == before.question.revision
        ada.refresh_from_db()
        assert ada.revision == after.conversation.listed_revision == before.conversation.listed_revision + 1

    def test_empties_what_only_an_open_turn_needs(self, ada: User) -> None:
        turn = people.running(ada)
        Turn.objects.update(open_parts=text_part("Hi"), seq=3)
        turn = people.ended(turn, text_part("Hi!"))
        assert (turn.open_parts, turn.lease_until) == ((), None)
        assert turn.ended_at is not None

    def test_closes_the_call(self, ada: User) -> None:
        end = CallEnd("glm-1", "glm-x", "log", 200, "", "stop", usage=Usage(prompt=7, completion=0))
        call = people.ended(people.running(ada), call=end).calls.get()
        assert (call.provider_id, call.model_answered, call.log_id, call.http_status) == (
            "glm-1",
            "glm-x",
            "log",
            200,
        )
        assert (call.prompt_tokens, call.completion_tokens, call.reasoning_tokens) == (7, 0, None)
        assert call.ended_at is not None

    def test_of_a_call_comes_once(self, ada: User) -> None:
        call = people.ended(people.running(ada), call=CallEnd(finish="stop")).calls.get()
        end_call(call.pk, CallEnd(finish="again"))
        assert UpstreamCall.objects.get().finish == "stop"

    def test_keeps_words_of_a_foreign_server_within_their_columns(self, ada: User) -> None:
        long = "context_length_exceeded" * 20
        end = CallEnd(long, long, long, 400, long, long)
        turn = people.ended(people.running(ada), state=TurnState.FAILED, call=end, trouble_code=long)
        for record in (turn, turn.calls.get()):
            for field in record._meta.fields:
                if isinstance(field, models.CharField):
                    assert len(getattr(record, field.name)) <= (field.max_length or 0), field.name


class TestASecondEnd:
    def test_changes_nothing(self, ada: User) -> None:
        turn = people.answered(ada, reply="first")
        assert not finish(turn.pk, people.RUNNER, COMPLETED, text_part("second"))
        after = people.fresh(turn)
        assert after.reply.parts == text_part("first")
        assert after.conversation.revision == turn.conversation.revision

    def test_by_a_runner_that_lost_the_turn_changes_nothing(self, ada: User) -> None:
        turn = people.running(ada)
        assert not finish(turn.pk, people.OTHER_RUNNER, COMPLETED, text_part("stolen"))
        after = people.fresh(turn)
        assert (after.state, after.reply.state, after.reply.parts) == (
            TurnState.RUNNING,
            MessageState.OPEN,
            (),
        )
        assert after.conversation.revision == turn.conversation.revision

    def test_of_a_turn_that_never_began_is_refused(self, ada: User) -> None:
        turn = people.asked(ada)
        assert not finish(turn.pk, people.RUNNER, COMPLETED, text_part("early"))
        assert not finish(turn.pk, "", COMPLETED, text_part("early"))
        assert people.fresh(turn).state == TurnState.QUEUED

    def test_of_an_unstarted_turn_that_was_taken_is_refused(self, ada: User) -> None:
        late = people.fresh(people.asked(ada))
        people.claimed(late)
        assert not end_unstarted(late, TurnState.STOPPED)
        assert people.fresh(late).reply.state == MessageState.OPEN


def flagged(turn: Turn, text: str, *concerns: Concern) -> Turn:
    return people.ended(turn, text_part(text) if text else (), TurnState.FILTERED, *concerns)


def about(role: str, level: int | None = 1) -> Concern:
    return Concern(FlagSource.FINISH, role, level)


class TestAFlag:
    def test_on_the_reply_withdraws_it(self, ada: User) -> None:
        turn = flagged(people.running(ada), SECRET, about("assistant"))
        assert (turn.question.visibility, turn.reply.visibility) == (Visibility.SHOWN, Visibility.HELD)
        assert ReviewCase.objects.get().message_code == turn.reply.code

    def test_on_the_question_blocks_it(self, ada: User) -> None:
        turn = flagged(people.running(ada), "", about("user"))
        assert (turn.question.visibility, turn.reply.visibility) == (Visibility.BLOCKED, Visibility.SHOWN)
        assert ReviewCase.objects.get().message_code == turn.question.code

    def test_on_the_question_withdraws_what_was_already_written(self, ada: User) -> None:
        turn = flagged(people.running(ada), SECRET, about("user"))
        assert (turn.question.visibility, turn.reply.visibility) == (Visibility.BLOCKED, Visibility.HELD)
        codes = set(ReviewCase.objects.values_list("message_code", flat=True))
        assert codes == {turn.question.code, turn.reply.code}

    def test_on_the_history_leaves_question_and_empty_reply_in_sight(self, ada: User) -> None:
        turn = flagged(people.running(ada), "", about("history"))
        assert (turn.question.visibility, turn.reply.visibility) == (Visibility.SHOWN, Visibility.SHOWN)
        assert turn.trouble == "history"
        assert ReviewCase.objects.get().message_code == turn.reply.code

    def test_on_the_history_withdraws_what_was_already_written(self, ada: User) -> None:
        turn = flagged(people.running(ada), SECRET, about("history"))
        assert turn.reply.visibility == Visibility.HELD

    @pytest.mark.parametrize(("text", "blocked", "held"), [("", True, False), (SECRET, False, True)])
    def test_without_a_side_meets_what_there_is(self, text: str, blocked: bool, held: bool, ada: User) -> None:
        turn = flagged(people.running(ada), text, about(""))
        assert (turn.question.visibility == Visibility.BLOCKED) is blocked
        assert (turn.reply.visibility == Visibility.HELD) is held

    def test_on_a_continuation_leaves_the_continued_reply_in_sight(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        more = start.continue_reply(people.order(ada), first.conversation.code, first.reply.code)
        people.claimed(more)
        turn = flagged(more, SECRET, about("user"))
        assert (turn.question.visibility, turn.reply.visibility) == (Visibility.SHOWN, Visibility.HELD)
        assert ReviewCase.objects.get().message_code == turn.reply.code

    def test_on_reasoning_alone_withdraws_it(self, ada: User) -> None:
        parts = [Part("reasoning", SECRET)]
        turn = people.ended(people.running(ada), parts, TurnState.FILTERED, about("assistant"))
        assert turn.reply.visibility == Visibility.HELD

    def test_is_recorded_with_its_level(self, ada: User) -> None:
        flagged(people.running(ada), SECRET, about("assistant", 0), about("user", None))
        assert set(Flag.objects.values_list("source", "role", "level")) == {
            ("finish", "assistant", 0),
            ("finish", "user", None),
        }
        assert {event.after for event in ReviewEvent.objects.all()} == {CaseState.OPEN}

    def test_draws_both_messages_anew(self, ada: User) -> None:
        turn = flagged(people.running(ada), "", about("user"))
        assert turn.question.revision == turn.reply.revision == turn.conversation.revision

    def test_lets_the_next_question_be_asked(self, ada: User) -> None:
        turn = flagged(people.running(ada, "bad"), SECRET, about("user"))
        following = people.claimed(people.asked(ada, "next", turn.conversation))
        assert [message.content for message in following.request.messages] == ["next"]

    def test_on_the_history_keeps_everything_before_out_of_the_next_prompt(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        flagged(people.running(ada, "3", first.conversation), "", about("history"))
        following = people.claimed(people.asked(ada, "5", first.conversation))
        assert [message.content for message in following.request.messages] == ["5"]

    def test_that_cannot_be_recorded_stores_nothing_at_all(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = people.running(ada)

        def broken(*args: object, **kwargs: object) -> None:
            raise RuntimeError("no case")

        monkeypatch.setattr(moderation, "open_cases", broken)
        with pytest.raises(RuntimeError, match="no case"), transaction.atomic():
            flagged(turn, SECRET, about("assistant"))
        after = people.fresh(turn)
        assert (after.state, after.reply.state, after.reply.html) == (
            TurnState.RUNNING,
            MessageState.OPEN,
            None,
        )


class TestWithdrawnText:
    def test_is_in_no_stored_html_no_page_no_prompt_and_no_copy(self, ada: User) -> None:
        turn = flagged(people.running(ada), SECRET, about("assistant"))
        reply = turn.reply
        assert (reply.html, reply.renderer_version, turn.open_parts) == (None, None, ())
        shown = present.window(turn.conversation, {}).messages[-1]
        assert (shown.parts, shown.text) == ((), "")
        assert present.text_of(reply) == present.prompt_text(reply) == ""

    def test_is_kept_for_those_who_decide(self, ada: User) -> None:
        flagged(people.running(ada), SECRET, about("assistant"))
        assert moderation.text_for_review(ReviewCase.objects.get()) == SECRET

    def test_is_flagged_with_the_request_that_raised_it(self, ada: User) -> None:
        turn = flagged(people.running(ada), SECRET, about("assistant"))
        assert Flag.objects.get().call_code == turn.calls.get().code

    def test_of_a_question_is_seen_by_its_author_and_sent_to_nobody(self, ada: User) -> None:
        turn = flagged(people.running(ada, "my words"), "", about("user"))
        assert present.text_of(turn.question) == "my words"
        assert present.prompt_text(turn.question) == ""

    def test_of_a_conversation_that_is_gone_lies_in_the_evidence(self, ada: User) -> None:
        turn = flagged(people.running(ada), SECRET, about("assistant"))
        turn.conversation.delete()
        assert moderation.text_for_review(ReviewCase.objects.get()) == SECRET


@pytest.mark.parametrize("state", [TurnState.COMPLETED, TurnState.FILTERED])
def test_a_turn_that_was_deleted_meanwhile_is_ended_by_nobody(ada: User, state: TurnState) -> None:
    """Else whoever runs it would offer a flagged reply for ever."""
    turn = people.running(ada)
    turn.conversation.delete()
    assert not finish(turn.pk, people.RUNNER, Outcome(state, concerns=(about("assistant"),)), text_part(SECRET))
    assert screen.withdraws(turn.pk, (about("assistant"),))
