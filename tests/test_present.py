import uuid
from typing import Any

import pytest

from conversations import present
from conversations.glm import Usage
from conversations.markdown import RENDERER_VERSION
from conversations.models import Conversation, Message, Part, Turn, TurnState, User, Visibility, text_part
from conversations.present import WINDOW, OpenText
from conversations.turns import start
from conversations.turns.outcome import CallEnd
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return people.person("ada")


def current(turn: Turn) -> Conversation:
    return people.fresh(turn).conversation


def html_of(message: present.ShownMessage) -> str:
    return "".join(part.html + (part.tail or "") for part in message.parts)


class TestTheWindow:
    def test_holds_the_latest_messages_of_the_path(self, ada: User) -> None:
        conversation = people.long_conversation(ada, 20)
        window = present.window(conversation, {})
        assert len(window.messages) == WINDOW
        assert [message.text for message in window.messages[-2:]] == ["Question 19", "Answer 19"]
        assert window.earlier == window.messages[0].code

    def test_leads_back_to_the_beginning_without_gap_or_double(self, ada: User) -> None:
        conversation = people.long_conversation(ada, 40)
        window = present.window(conversation, {})
        texts = [message.text for message in window.messages]
        while window.earlier:
            window = present.window(conversation, {}, before=window.earlier)
            texts = [message.text for message in window.messages] + texts
        assert texts == [f"{kind} {n}" for n in range(40) for kind in ("Question", "Answer")]

    def test_before_an_unknown_message_is_empty(self, ada: User) -> None:
        conversation = people.long_conversation(ada, 2)
        assert present.window(conversation, {}, before=uuid.uuid4()).messages == ()

    def test_around_a_message_holds_it_and_what_stands_near(self, ada: User) -> None:
        conversation = people.long_conversation(ada, 60)
        [message] = conversation.messages.filter(depth=40)
        window = present.window(conversation, {}, around=message.code)
        assert len(window.messages) == WINDOW
        assert message.code in [each.code for each in window.messages]
        assert not window.is_latest
        assert present.window(conversation, {}, around=uuid.uuid4()).is_latest

    def test_of_nothing_is_empty(self, ada: User) -> None:
        empty = Conversation(owner=ada)
        empty.active_at = people.start.clock.now()
        empty.save()
        assert present.window(empty, {}) == present.Window((), None, is_latest=True, revision=0)

    def test_numbers_the_questions(self, ada: User) -> None:
        conversation = people.long_conversation(ada, 20)
        assert [m.number for m in present.window(conversation, {}).messages] == [n // 2 + 1 for n in range(10, 40)]

    def test_knows_which_message_is_the_last(self, ada: User) -> None:
        messages = present.window(people.long_conversation(ada, 3), {}).messages
        assert [message.is_last for message in messages] == [False] * 5 + [True]

    def test_takes_equally_many_queries_at_any_length(self, ada: User, django_assert_num_queries: Any) -> None:
        for questions in (20, 60):
            conversation = people.long_conversation(ada, questions)
            present.window(conversation, {})  # stores what was never rendered
            with django_assert_num_queries(2):
                present.window(conversation, {})

    def test_takes_one_query_more_for_all_usage_and_one_for_all_alternatives(
        self, ada: User, django_assert_num_queries: Any
    ) -> None:
        turn = people.answered(ada)
        with django_assert_num_queries(3):
            present.window(turn.conversation, {})
        again = start.regenerate(people.order(ada), turn.conversation.code, turn.reply.code)
        people.claimed(again)
        conversation = people.ended(again).conversation
        with django_assert_num_queries(4):
            present.window(conversation, {})


class TestWhatAPageSaysBesideTheText:
    def test_is_the_language_of_each_part_and_the_time_of_reasoning(self, ada: User) -> None:
        parts = (Part("reasoning", "Let me think.", seconds=41.2), Part("text", "你好，世界"))
        reply = present.window(people.ended(people.running(ada, "Hallo, wie geht es dir?"), parts).conversation, {})
        question, answer = reply.messages
        assert question.language == "de"
        assert [(part.language, part.seconds) for part in answer.parts] == [("en", 41.2), ("zh", None)]

    def test_is_the_last_request_of_a_failure(self, ada: User, django_assert_num_queries: Any) -> None:
        turn = people.ended(people.running(ada), (), TurnState.FAILED, trouble="busy")
        with django_assert_num_queries(4):
            reply = present.window(turn.conversation, {}).messages[-1]
        assert reply.request_id == turn.calls.get().request_id

    def test_is_that_a_refused_question_cannot_be_answered_again(self, ada: User) -> None:
        assert present.window(people.answered(ada).conversation, {}).messages[-1].may_repeat
        refused = people.ended(people.running(ada), (), TurnState.FILTERED, people.Concern("http_1301", "user"))
        assert not present.window(refused.conversation, {}).messages[-1].may_repeat

    def test_is_when_a_person_released_it(self, ada: User) -> None:
        turn = people.withheld(ada)
        people.released(turn.reply)
        assert present.window(current(turn), {}).messages[-1].released_at is not None


class TestWhatHasChanged:
    def test_is_found_beyond_the_window(self, ada: User) -> None:
        conversation = people.long_conversation(ada, 60)
        seen = conversation.next_revision() - 1
        conversation.messages.filter(depth=4).update(revision=conversation.revision)
        changed, born = present.changed_since(conversation, {}, seen)
        assert [message.text for message in changed] == ["Question 2", "Answer 2"]
        assert born == ()

    def test_brings_the_reply_of_a_changed_question_along(self, ada: User) -> None:
        turn = people.ended(people.running(ada), (), TurnState.FILTERED, people.Concern("http_1301", "user"))
        seen = turn.conversation.revision
        people.released(turn.question)
        changed, _ = present.changed_since(current(turn), {}, seen)
        assert [(message.role, message.may_repeat) for message in changed] == [("user", True), ("assistant", True)]


class TestAlternatives:
    def test_know_their_neighbours(self, ada: User) -> None:
        turn = people.answered(ada)
        codes = [turn.reply.code]
        for _ in range(2):
            again = start.regenerate(people.order(ada), turn.conversation.code, turn.reply.code)
            people.claimed(again)
            codes.append(people.ended(again).reply.code)
        for place, code in enumerate(codes):
            start.show_alternative(ada, turn.conversation.code, code)
            found = present.window(current(turn), {}).messages[-1].alternatives
            assert (found.place, found.count) == (place + 1, 3)
            assert found.previous == (codes[place - 1] if place else None)
            assert found.next == (codes[place + 1] if place < 2 else None)

    def test_of_a_message_without_siblings_are_none(self, ada: User) -> None:
        found = present.window(people.answered(ada).conversation, {}).messages[-1].alternatives
        assert found == present.Alternatives(1, 1, None, None)


class TestWhatMayBeSeen:
    @pytest.mark.parametrize(
        ("visibility", "read", "sent"),
        [("shown", True, True), ("blocked", True, False), ("held", False, False), ("removed", False, False)],
    )
    def test_follows_the_visibility(self, visibility: str, read: bool, sent: bool, ada: User) -> None:
        turn = people.answered(ada, reply="the words")
        Message.objects.filter(pk=turn.reply.pk).update(visibility=visibility)
        message = people.fresh(turn).reply
        assert (present.text_of(message) == "the words") is read
        assert (present.prompt_text(message) == "the words") is sent
        shown = present.window(current(turn), {}).messages[-1]
        assert ("the words" in html_of(shown), shown.text == "the words") == (read, read)
        assert shown.is_shown is (visibility == "shown")

    def test_of_an_open_reply_is_what_its_writer_has(self, ada: User) -> None:
        turn = people.running(ada)
        known = {turn.reply.code: OpenText(text_part("so far"), 7)}
        shown = present.window(current(turn), known).messages[-1]
        assert ("so far" in html_of(shown), shown.seq, shown.is_open) == (True, 7, True)

    def test_of_an_open_reply_of_another_process_is_its_checkpoint(self, ada: User) -> None:
        turn = people.running(ada)
        Turn.objects.update(open_parts=text_part("checkpoint"), seq=5)
        shown = present.window(current(turn), {}).messages[-1]
        assert ("checkpoint" in html_of(shown), shown.seq) == (True, 5)

    def test_of_an_open_reply_that_was_withdrawn_is_nothing(self, ada: User) -> None:
        turn = people.running(ada)
        Message.objects.filter(pk=turn.reply.pk).update(visibility=Visibility.HELD)
        known = {turn.reply.code: OpenText(text_part("secret"), 7)}
        assert present.window(current(turn), known).messages[-1].parts == ()

    def test_of_open_parts_has_a_tail_only_at_the_end(self) -> None:
        first, last = present.open_parts([Part("reasoning", "a < b"), Part("text", "# T\n\nso far")])
        assert (first.html, first.tail) == ("a &lt; b", None)
        assert "so far" in (last.tail or "")
        assert "T" in last.html

    def test_is_safe_html(self, ada: User) -> None:
        turn = people.answered(ada, "<script>alert(1)</script>", "<img src=x onerror=alert(1)>")
        for message in present.window(turn.conversation, {}).messages:
            assert "<script" not in html_of(message)
            assert "<img" not in html_of(message)


class TestStoredHtml:
    def test_is_used_as_it_is(self, ada: User) -> None:
        turn = people.answered(ada)
        Message.objects.filter(pk=turn.reply.pk).update(html=["<p>stored</p>"])
        assert present.stored_html(people.fresh(turn).reply) == ["<p>stored</p>"]

    def test_of_an_older_renderer_is_made_anew_and_stored(self, ada: User) -> None:
        turn = people.answered(ada, reply="*new*")
        Message.objects.update(html=["<p>old</p>"], renderer_version=RENDERER_VERSION - 1)
        assert "<em>new</em>" in present.stored_html(people.fresh(turn).reply)[0]
        after = people.fresh(turn).reply
        assert (after.renderer_version, "<em>new</em>" in after.html[0]) == (RENDERER_VERSION, True)

    def test_is_not_stored_for_a_text_that_was_withdrawn_meanwhile(self, ada: User) -> None:
        turn = people.answered(ada, reply="secret")
        Message.objects.update(html=None, renderer_version=None)
        read_before = people.fresh(turn).reply
        Message.objects.update(visibility=Visibility.HELD)
        present.stored_html(read_before)
        assert people.fresh(turn).reply.html is None


class TestWhatChanged:
    def test_is_told_apart_from_what_came(self, ada: User) -> None:
        first = people.answered(ada)
        seen = first.conversation.revision
        second = people.running(ada, "next", first.conversation)
        Message.objects.filter(pk=first.reply.pk).update(revision=second.conversation.revision)
        changed, born = present.changed_since(current(second), {}, seen)
        assert [message.code for message in changed] == [first.reply.code]
        assert [message.code for message in born] == [second.question.code, second.reply.code]

    def test_is_nothing_for_a_page_that_is_up_to_date(self, ada: User) -> None:
        turn = people.answered(ada)
        assert present.changed_since(turn.conversation, {}, turn.conversation.revision) == ((), ())

    def test_off_the_shown_path_is_not_told(self, ada: User) -> None:
        turn = people.answered(ada)
        start.regenerate(people.order(ada), turn.conversation.code, turn.reply.code)
        assert present.one(current(turn), turn.reply.pk, {}) is None


class TestUsage:
    def usage(self, turn: Turn) -> present.ShownUsage | None:
        return present.window(current(turn), {}).messages[-1].usage

    def test_is_the_sum_over_all_calls_of_the_turn(self, ada: User) -> None:
        turn = people.running(ada)
        call = turn.calls.get()
        call.pk, call.code, call.attempt = None, uuid.uuid4(), 2
        call.prompt_tokens, call.completion_tokens = 10, 1
        call.save()
        people.ended(turn, call=CallEnd(usage=Usage(5, 7)))
        turn.calls.filter(attempt=1).update(prompt_tokens=1)
        found = self.usage(turn)
        assert found is not None
        assert (found.prompt_tokens, found.completion_tokens) == (6, 7)

    def test_that_glm_never_told_is_unknown(self, ada: User) -> None:
        assert self.usage(people.answered(ada)) == present.ShownUsage(None, None, None, None)

    def test_of_nothing_is_nothing_and_not_unknown(self, ada: User) -> None:
        found = self.usage(people.ended(people.running(ada), call=CallEnd(usage=Usage(0, 0))))
        assert found == present.ShownUsage(0, 0, None, None)

    def test_of_a_turn_that_goes_on_is_not_shown(self, ada: User) -> None:
        assert self.usage(people.running(ada)) is None

    def test_of_a_failed_turn_is_shown_too(self, ada: User) -> None:
        turn = people.ended(people.running(ada), state=TurnState.FAILED, call=CallEnd(usage=Usage(3)))
        found = self.usage(turn)
        assert found is not None
        assert found.prompt_tokens == 3
