"""What is told of stores that are away."""

import asyncio
from collections.abc import Iterator

import pytest

from conversations import outages
from tests.waiting import eventually_async


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    outages.forget()
    yield
    outages.forget()


async def test_what_lasts_is_told_and_its_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "LASTS", 0.01)
    told: list[frozenset[str]] = []
    with outages.watched(lambda: told.append(outages.lasting())):
        for _ in range(3):
            outages.note("redis", is_away=True)
        await eventually_async(lambda: told)
        outages.note("redis", is_away=True)
        outages.note("database", is_away=False)
        outages.note("redis", is_away=False)
    assert told == [frozenset({"redis"}), frozenset()]


async def test_what_comes_back_soon_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "LASTS", 0.02)
    told: list[None] = []
    with outages.watched(lambda: told.append(None)):
        outages.note("database", is_away=True)
        outages.note("database", is_away=False)
        outages.note("redis", is_away=True)
        await eventually_async(lambda: told)
    assert (outages.lasting(), len(told)) == (frozenset({"redis"}), 1)


async def test_who_has_left_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "LASTS", 0)
    told: list[None] = []
    with outages.watched(lambda: told.append(None)):
        pass
    outages.note("redis", is_away=True)
    await eventually_async(outages.lasting)
    assert told == []


async def test_a_process_that_ends_forgets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "LASTS", 0.001)
    outages.note("redis", is_away=True)
    outages.forget()
    await asyncio.sleep(0.005)
    assert outages.lasting() == frozenset()
