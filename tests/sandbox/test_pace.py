"""When deltas may go, by a clock that the test moves."""

import asyncio
from types import SimpleNamespace

import pytest

from conversations.sandbox import pace
from conversations.sandbox.pace import FullSpeed, Gate, Gates, Steady, pace_of


class Clock:
    """Time that passes only in sleep, and as the test says."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += max(0.0, seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace, "time", clock)
    monkeypatch.setattr(pace, "asyncio", SimpleNamespace(sleep=clock.sleep, Event=asyncio.Event))
    return clock


async def test_the_first_delta_goes_at_once_and_the_others_evenly(clock: Clock) -> None:
    steady = Steady(50)
    moments = []
    for _ in range(4):
        assert await steady.allow(10) == 1
        moments.append(round(clock.now - 100, 6))

    assert moments == [0.0, 0.02, 0.04, 0.06]


async def test_what_a_busy_machine_delayed_goes_together(clock: Clock) -> None:
    steady = Steady(50)
    await steady.allow(10)
    clock.now += 0.11

    assert await steady.allow(10) == 5
    assert await steady.allow(10) == 1


async def test_no_more_go_than_there_are(clock: Clock) -> None:
    steady = Steady(50)
    clock.now += 60

    assert await steady.allow(3) == 3


async def test_a_timer_that_ends_early_still_lets_one_through(clock: Clock) -> None:
    steady = Steady(50)
    await steady.allow(1)
    clock.now -= 0.001

    assert await steady.allow(1) == 1


async def test_full_speed_gives_way_but_never_waits(clock: Clock) -> None:
    full = FullSpeed()

    assert await full.allow(100) == 16
    assert await full.allow(3) == 3
    assert clock.sleeps == [0, 0]


@pytest.mark.parametrize(("rate", "kind"), [(0, FullSpeed), (-1, FullSpeed), (float("inf"), FullSpeed), (60, Steady)])
def test_a_rate_makes_a_pace(rate: float, kind: type) -> None:
    assert type(pace_of(rate)) is kind


async def test_a_gate_hands_out_its_permits_once() -> None:
    gate = Gate()
    gate.open(5)

    assert await gate.allow(3) == 3
    assert await gate.allow(3) == 2
    assert gate.state()["deltas"] == 0


async def test_an_open_gate_lets_through_a_burst_at_a_time() -> None:
    gate = Gate()
    gate.open()

    assert await gate.allow(100) == 16


def test_the_oldest_gates_are_forgotten() -> None:
    gates = Gates()
    gates["first"].open(7)
    kept = gates["kept"]
    for number in range(999):
        gates[str(number)]

    assert gates["kept"] is kept
    assert gates["first"].permits == 0
