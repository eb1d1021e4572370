import datetime as dt
import uuid
from typing import Any

import pytest
from django.conf import settings

from conversations import clock
from conversations.models import Turn, text_part
from conversations.turn_log import TurnLog
from conversations.turns import checkpoint
from conversations.turns.stop import stop
from conversations.turns.writer import Writer
from tests import people


def writer(*texts: str) -> Writer:
    log = TurnLog(uuid.uuid4(), uuid.uuid4(), uuid.uuid4())
    for text in texts:
        log.append("text", text)
    return Writer(log)


def of(turn: Turn, *texts: str) -> checkpoint.Checkpoint:
    (due,) = checkpoint.due([(turn.pk, writer(*texts))])
    return due


class TestWhatIsDue:
    def test_is_new_text(self) -> None:
        (due,) = checkpoint.due([(7, writer("so", " far"))])
        assert due == checkpoint.Checkpoint(7, 2, text_part("so far"))

    def test_is_not_text_that_was_saved(self) -> None:
        open_reply = writer("so")
        (due,) = checkpoint.due([(7, open_reply)])
        checkpoint.saved(open_reply, due)
        assert checkpoint.due([(7, open_reply)]) == []

    def test_is_again_what_came_while_it_was_being_saved(self) -> None:
        open_reply = writer("so")
        (due,) = checkpoint.due([(7, open_reply)])
        open_reply.log.append("text", " far")
        checkpoint.saved(open_reply, due)
        assert [each.parts for each in checkpoint.due([(7, open_reply)])] == [text_part("so far")]

    def test_is_a_sign_of_life_when_the_text_stands_still(self, monkeypatch: pytest.MonkeyPatch) -> None:
        open_reply = writer()
        later = clock.monotonic() + settings.CHATSITE_HEARTBEAT
        assert checkpoint.due([(7, open_reply)]) == []
        monkeypatch.setattr(clock, "monotonic", lambda: later)
        assert checkpoint.due([(7, open_reply)]) == [checkpoint.Checkpoint(7, 0, None)]

    def test_is_the_void_after_glm_began_anew(self) -> None:
        open_reply = writer("void")
        open_reply.log.restart()
        assert [each.parts for each in checkpoint.due([(7, open_reply)])] == [()]


@pytest.mark.django_db
class TestSaving:
    def test_stores_text_and_number_together_and_renews_the_lease(self) -> None:
        turn = people.running(people.person())
        Turn.objects.update(lease_until=clock.now())
        checkpoint.save(people.RUNNER, [of(turn, "so", " far")])
        after = people.fresh(turn)
        assert (after.open_parts, after.seq) == (text_part("so far"), 2)
        assert after.lease_until is not None
        assert after.lease_until > clock.now() + dt.timedelta(seconds=settings.CHATSITE_LEASE / 2)

    def test_of_a_silent_turn_renews_the_lease_and_leaves_the_text(self) -> None:
        turn = people.running(people.person())
        checkpoint.save(people.RUNNER, [of(turn, "so far")])
        Turn.objects.update(lease_until=clock.now() - dt.timedelta(seconds=5))
        checkpoint.save(people.RUNNER, [checkpoint.Checkpoint(turn.pk, 1, None)])
        after = people.fresh(turn)
        assert after.open_parts == text_part("so far")
        assert after.lease_until is not None
        assert after.lease_until > clock.now()

    def test_takes_as_many_statements_for_five_replies_as_for_one(self, django_assert_num_queries: Any) -> None:
        turns = [people.running(people.person()) for _ in range(5)]
        due = [of(turn, f"text {number}") for number, turn in enumerate(turns)]
        with django_assert_num_queries(4):  # a savepoint around them, and one question
            checkpoint.save(people.RUNNER, due)
        assert [people.fresh(turn).open_parts for turn in turns] == [text_part(f"text {n}") for n in range(5)]

    def test_of_a_flagged_turn_renews_the_lease_and_leaves_the_text_as_it_was_at_the_flag(self) -> None:
        flagged, other = people.running(people.person()), people.running(people.person())
        checkpoint.keep_flag(flagged.pk, people.RUNNER, text_part("flagged"), ())
        Turn.objects.update(lease_until=clock.now())
        findings = checkpoint.save(people.RUNNER, [of(flagged, "", "", "blank"), of(other, "text")])
        after = people.fresh(flagged)
        assert (after.open_parts, after.seq) == (text_part("flagged"), 0)
        assert after.lease_until is not None
        assert after.lease_until > clock.now() + dt.timedelta(seconds=settings.CHATSITE_LEASE / 2)
        assert people.fresh(other).open_parts == text_part("text")
        assert findings == checkpoint.Findings(frozenset(), frozenset())

    def test_finds_the_turns_that_were_taken_away(self) -> None:
        stolen, ended, kept = (people.running(people.person()) for _ in range(3))
        Turn.objects.filter(pk=stolen.pk).update(runner=people.OTHER_RUNNER)
        people.ended(ended, text_part("whole"))
        findings = checkpoint.save(people.RUNNER, [of(turn, "text") for turn in (stolen, ended, kept)])
        assert findings == checkpoint.Findings(frozenset({stolen.pk, ended.pk}), frozenset())
        assert people.fresh(stolen).open_parts == people.fresh(ended).open_parts == ()
        assert people.fresh(kept).open_parts == text_part("text")

    def test_finds_the_stops_that_were_asked_elsewhere(self) -> None:
        stopped, other = people.running(people.person()), people.running(people.person())
        stop(stopped.person, stopped.conversation.code, stopped.code)
        findings = checkpoint.save(people.RUNNER, [of(turn, "text") for turn in (stopped, other)])
        assert findings == checkpoint.Findings(frozenset(), frozenset({stopped.pk}))

    def test_raises_no_revision(self) -> None:
        turn = people.running(people.person())
        checkpoint.save(people.RUNNER, [of(turn, "text")])
        assert people.fresh(turn).conversation.revision == turn.conversation.revision
