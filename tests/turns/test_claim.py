import datetime as dt
from typing import Any

import pytest
from django.conf import settings

from conversations import clock, upstream
from conversations.models import Conversation, Turn, TurnState, UpstreamCall, User
from conversations.turns import start
from conversations.turns.claim import claim, silent_turns
from conversations.turns.prompt import GO_ON
from conversations.turns.stop import stop
from tests import people

pytestmark = pytest.mark.django_db


class TestClaiming:
    def test_takes_a_queued_turn_for_one_runner(self, ada: User) -> None:
        turn = people.asked(ada)
        assert claim(turn.pk, "first")
        assert claim(turn.pk, "second") is None
        assert (people.fresh(turn).state, people.fresh(turn).runner) == (TurnState.RUNNING, "first")

    def test_gives_a_lease(self, ada: User) -> None:
        turn = people.running(ada)
        assert turn.lease_until is not None
        left = turn.lease_until - clock.now()
        assert dt.timedelta(0) < left <= dt.timedelta(seconds=settings.CHATSITE_LEASE)

    def test_finds_nothing_in_a_turn_that_was_stopped(self, ada: User) -> None:
        turn = people.asked(ada)
        stop(ada, turn.conversation.code, turn.code)
        assert claim(turn.pk, "late") is None
        assert not UpstreamCall.objects.exists()

    def test_finds_nothing_in_a_turn_that_is_gone(self, ada: User) -> None:
        turn = people.asked(ada)
        Conversation.objects.all().delete()
        assert claim(turn.pk, "late") is None

    def test_that_loses_the_race_takes_nothing(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = people.asked(ada)
        current = upstream.current

        def somebody_is_faster() -> upstream.Upstream:
            Turn.objects.filter(pk=turn.pk).update(state=TurnState.RUNNING, runner="faster")
            return current()

        monkeypatch.setattr(upstream, "current", somebody_is_faster)
        assert claim(turn.pk, "slower") is None
        assert people.fresh(turn).runner == "faster"
        assert not UpstreamCall.objects.exists()

    def test_notes_which_upstream_will_answer(self, ada: User) -> None:
        turn = people.running(ada)
        assert (turn.upstream, turn.is_simulated) == ("sandbox", True)

    def test_sends_what_was_changed_as_far_as_the_model_knows_it_and_writes_it_down(self, ada: User) -> None:
        turn = people.asked(ada)
        stored = {"v": 1, "temperature": 0.0, "thinking": False, "max_tokens": 7, "from_the_future": True}
        Conversation.objects.filter(pk=turn.conversation_id).update(parameters=stored)
        Turn.objects.filter(pk=turn.pk).update(model_name="glm-5.3")
        assignment = claim(turn.pk, "runner")
        assert assignment is not None
        assert assignment.request.parameters == {"do_sample": False, "max_tokens": 7}
        assert UpstreamCall.objects.get().parameters == {"v": 1, "do_sample": False, "max_tokens": 7}

    def test_writes_the_row_of_its_first_call(self, ada: User) -> None:
        turn = people.asked(ada)
        assignment = people.claimed(turn)
        call = UpstreamCall.objects.get()
        assert (call.pk, call.turn, call.turn_code) == (assignment.call_id, turn, turn.code)
        assert (call.person_code, call.model_asked, call.attempt) == (ada.code, people.MODEL, 1)
        assert call.request_id == assignment.request.request_id
        assert (call.prompt_tokens, call.ended_at) == (None, None)


class TestTheRequest:
    def told(self, turn: Turn) -> list[str]:
        return [message.content for message in people.claimed(turn).request.messages]

    def test_tells_the_shown_path_and_nothing_of_other_alternatives(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        again = start.regenerate(people.order(ada), first.conversation.code, first.reply.code)
        people.claimed(again)
        people.ended(again, people.text_part("2b"))
        assert self.told(people.asked(ada, "3", first.conversation)) == ["1", "2b", "3"]

    def test_to_answer_again_ends_with_the_question(self, ada: User) -> None:
        first = people.answered(ada, "1", "2")
        assert self.told(start.regenerate(people.order(ada), first.conversation.code, first.reply.code)) == ["1"]

    def test_to_go_on_ends_with_the_last_words(self, ada: User) -> None:
        first = people.answered(ada, "1", "Once upon")
        more = start.continue_reply(people.order(ada), first.conversation.code, first.reply.code)
        assert self.told(more) == ["1", "Once upon", GO_ON["en"].format(words="Once upon")]

    def test_after_going_on_tells_one_reply(self, ada: User) -> None:
        first = people.answered(ada, "1", "Once upon")
        more = start.continue_reply(people.order(ada), first.conversation.code, first.reply.code)
        people.claimed(more)
        people.ended(more, people.text_part(" a time"))
        assert self.told(people.asked(ada, "3", first.conversation)) == ["1", "Once upon a time", "3"]

    def test_leaves_out_reasoning(self, ada: User) -> None:
        turn = people.running(ada, "1")
        people.ended(turn, [people.Part("reasoning", "hm"), people.Part("text", "2")])
        assert self.told(people.asked(ada, "3", turn.conversation)) == ["1", "2", "3"]

    def test_names_the_person_by_a_lasting_pseudonym(self, ada: User) -> None:
        zoe = people.person("zoe")  # no word of digits that a pseudonym could hold by chance
        ids = {people.claimed(people.asked(somebody)).request.user_id for somebody in (zoe, zoe, people.person())}
        assert len(ids) == 2
        assert not any(str(zoe.code) in each or zoe.username in each for each in ids)

    def test_has_a_request_id_of_its_own(self, ada: User) -> None:
        ids = {people.claimed(people.asked(ada)).request.request_id for _ in range(3)}
        assert len(ids) == 3

    def test_is_made_with_equally_many_queries_at_any_length(
        self, ada: User, django_assert_max_num_queries: Any
    ) -> None:
        short, long = people.long_conversation(ada, 2), people.long_conversation(ada, 60)
        for conversation in (short, long):
            turn = people.asked(ada, "And now?", conversation)
            with django_assert_max_num_queries(7):  # two of them a savepoint
                assignment = people.claimed(turn)
            assert len(assignment.request.messages) == 2 * (2 if conversation == short else 60) + 1


class TestSilence:
    def test_is_a_running_turn_whose_lease_is_over(self, ada: User) -> None:
        turn = people.running(ada)
        assert not silent_turns().exists()
        Turn.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
        assert list(silent_turns()) == [turn]

    def test_is_no_turn_that_is_queued_or_ended(self, ada: User) -> None:
        people.asked(ada)
        people.answered(ada)
        Turn.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
        assert not silent_turns().exists()
