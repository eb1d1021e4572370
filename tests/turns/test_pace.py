import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.turn_log import FEW
from conversations.turns.pace import LONGEST, SHRUNK_BELOW, STRETCHED_AT, Pace


def after(pace: Pace, load: float, times: int) -> float:
    for _ in range(times):
        pace.adapt(load)
    return pace.interval


def test_an_idle_loop_keeps_the_interval_that_was_set() -> None:
    assert after(Pace(0.04), 0.1, 50) == 0.04


def test_a_full_loop_stretches_the_interval_to_its_bound() -> None:
    pace = Pace(0.04)
    assert after(pace, 1.0, 1) > 0.04
    assert after(pace, 1.0, 50) == LONGEST


def test_a_loop_that_becomes_idle_comes_back() -> None:
    pace = Pace(0.04)
    after(pace, 1.0, 50)
    assert after(pace, 0.1, 50) == 0.04


def test_between_the_two_marks_nothing_moves() -> None:
    pace = Pace(0.04)
    stretched = after(pace, 1.0, 3)
    assert after(pace, (STRETCHED_AT + SHRUNK_BELOW) / 2, 10) == stretched


def test_an_interval_set_longer_than_the_bound_is_kept() -> None:
    assert after(Pace(1.0), 1.0, 10) == 1.0


@given(st.lists(st.floats(0, 1), max_size=60), st.floats(0.005, 5))
def test_whatever_the_load_the_interval_stays_within_its_bounds(loads: list[float], interval: float) -> None:
    pace = Pace(interval)
    for load in loads:
        pace.adapt(load)
        assert interval <= pace.interval <= max(LONGEST, interval)


async def test_a_rest_lets_the_loop_go_on() -> None:
    went_on: list[int] = []
    asyncio.get_running_loop().call_soon(went_on.append, 1)
    await Pace(0).rest()
    assert went_on == [1]


def test_a_few_replies_are_shown_at_the_interval_that_was_set() -> None:
    pace = Pace(0.04)
    assert [pace.until_next(replies) for replies in (0, 1, FEW)] == [0.04] * 3


def test_a_crowd_is_shown_half_as_often_however_large_it_is() -> None:
    pace = Pace(0.04)
    assert [pace.until_next(replies) for replies in (30, 2 * FEW, 1000)] == [0.06, 0.08, 0.08]


def test_a_full_loop_stretches_the_interval_of_a_crowd_as_well() -> None:
    pace = Pace(0.04)
    assert pace.until_next(100) < after(pace, 1.0, 50) == pace.until_next(100) == LONGEST


async def test_who_rests_is_counted_until_the_rest_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    pace, crowd = Pace(0), list[int]()

    def until_next(replies: int) -> float:
        crowd.append(replies)
        return 0.001

    monkeypatch.setattr(pace, "until_next", until_next)
    resting = [asyncio.ensure_future(pace.rest()) for _ in range(3)]
    await asyncio.sleep(0)
    resting[0].cancel()
    await asyncio.gather(*resting, return_exceptions=True)
    await pace.rest()
    assert crowd == [1, 2, 3, 1]
