import datetime as dt
from collections.abc import Iterator

import pytest

from conversations import clock, turn_log
from conversations.models import MessageState, Turn, TurnState, text_part
from conversations.turns import reaper
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_logs_stay() -> Iterator[None]:
    yield
    turn_log._logs.clear()


def silent(text: str = "", seq: int = 0) -> Turn:
    """A running turn whose process has said nothing for too long; its last checkpoint has `text`."""
    turn = people.running(people.person())
    over = clock.now() - dt.timedelta(seconds=1)
    Turn.objects.filter(pk=turn.pk).update(lease_until=over, open_parts=text_part(text) if text else (), seq=seq)
    return people.fresh(turn)


def text_of(turn: Turn) -> str:
    return "".join(part.text for part in people.fresh(turn).reply.parts)


def test_a_silent_turn_is_ended_as_interrupted_and_keeps_its_checkpoint() -> None:
    turn = silent("so far", 2)
    assert reaper.reap_silent() == 1
    after = people.fresh(turn)
    assert (after.state, after.reply.state, after.open_parts) == (
        TurnState.INTERRUPTED,
        MessageState.SEALED,
        (),
    )
    assert text_of(turn) == "so far"


def test_its_call_is_closed_as_interrupted_without_usage() -> None:
    turn = silent()
    reaper.reap_silent()
    call = turn.calls.get()
    assert (call.finish, call.prompt_tokens) == ("interrupted", None)
    assert call.ended_at is not None


def test_the_longer_of_checkpoint_and_log_is_kept() -> None:
    turn = silent("so", 1)
    people.log_of(turn, "so", " far")
    reaper.reap_silent()
    assert text_of(turn) == "so far"


def test_a_log_that_knows_less_than_the_checkpoint_is_not_believed() -> None:
    turn = silent("so far", 2)
    people.log_of(turn, "so")
    reaper.reap_silent()
    assert text_of(turn) == "so far"


def test_it_is_ended_once() -> None:
    turn = silent()
    assert reaper.reap(people.fresh(turn))
    assert not reaper.reap(turn)
    assert reaper.reap_silent() == 0


def test_a_turn_with_a_heartbeat_is_left_alone() -> None:
    turn = people.running(people.person())
    assert reaper.reap_silent() == 0
    assert people.fresh(turn).state == TurnState.RUNNING


def test_what_the_caller_runs_itself_is_not_silent() -> None:
    mine, other = silent(), silent()
    assert reaper.reap_silent(but=[mine.pk]) == 1
    assert people.fresh(mine).state == TurnState.RUNNING
    assert people.fresh(other).state == TurnState.INTERRUPTED


def test_a_new_process_ends_all_that_another_left_but_nothing_of_its_own() -> None:
    left, mine = people.running(people.person()), people.asked(people.person())
    people.claimed(mine, "me")
    queued = people.asked(people.person())
    assert reaper.reap_all_running(but_of="me") == 1
    states = [people.fresh(turn).state for turn in (left, mine, queued)]
    assert states == [TurnState.INTERRUPTED, TurnState.RUNNING, TurnState.QUEUED]


def test_an_interrupted_reply_can_be_gone_on_with() -> None:
    turn = silent("so far", 2)
    reaper.reap_silent()
    more = people.start.continue_reply(people.order(turn.person), turn.conversation.code, turn.reply.code)
    assert people.claimed(more).before == "so far"


def test_a_call_that_cannot_be_closed_leaves_the_turn_for_the_next_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turn = silent("so far", 2)
    with monkeypatch.context() as patch:
        patch.setattr(reaper, "interrupted_call", lambda code: 1 / 0)
        assert reaper.reap_silent() == 0
    assert people.fresh(turn).state == TurnState.RUNNING
    assert reaper.reap_silent() == 1
