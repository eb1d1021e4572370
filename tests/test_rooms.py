"""Places at GLM: never more than the bound, none lost, learned from what GLM finds too many."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import clock
from conversations.rooms import FORGOTTEN_AFTER, UNUSED_FOR, WIDER_AFTER, Rooms

ANN, BEN = 1, 2
GLM = "glm-5.3"


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    gone = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: gone[0])

    def move(seconds: float) -> None:
        gone[0] += seconds

    return move


def test_without_a_bound_there_is_room_for_everybody(rooms: Rooms) -> None:
    assert all(rooms.take(turn, ANN, GLM, None) for turn in range(1, 500))


def test_a_bound_holds_for_its_model(rooms: Rooms) -> None:
    assert [rooms.take(turn, ANN, GLM, 2) for turn in (1, 2, 3)] == [True, True, False]
    assert rooms.take(3, ANN, "glm-4.6", 2)


def test_a_place_given_back_is_free_once(rooms: Rooms) -> None:
    rooms.take(1, ANN, GLM, 1)
    rooms.release(1)
    rooms.release(1)
    assert [rooms.take(turn, ANN, GLM, 1) for turn in (2, 3)] == [True, False]


def test_nobody_overtakes_those_who_wait(rooms: Rooms) -> None:
    rooms.expect({GLM})
    assert not rooms.take(1, ANN, GLM, 5)
    assert rooms.take(1, ANN, "glm-4.6", 5)
    assert rooms.take_waiting(2, ANN, GLM, 5)
    rooms.expect(())
    assert rooms.take(3, ANN, GLM, 5)


def test_a_person_has_so_many_places_at_most(rooms: Rooms) -> None:
    assert [rooms.take(turn, ANN, GLM, None, 2) for turn in (1, 2, 3)] == [True, True, False]
    assert rooms.take(4, BEN, GLM, None, 2)
    rooms.release(1)
    assert rooms.take(3, ANN, GLM, None, 2)


class TestWhatNobodyWaitsFor:
    def test_never_takes_the_last_place(self, rooms: Rooms) -> None:
        assert not rooms.take_beside(-1, GLM, 1)
        assert rooms.take_beside(-1, GLM, 2)
        assert not rooms.take_beside(-2, GLM, 2)
        assert rooms.take(1, ANN, GLM, 2)

    def test_stands_behind_those_who_wait(self, rooms: Rooms) -> None:
        rooms.expect({GLM})
        assert not rooms.take_beside(-1, GLM, 10)

    def test_keeps_its_place_until_it_is_done(self, rooms: Rooms, later: Any) -> None:
        rooms.take_beside(-1, GLM, 3)
        later(UNUSED_FOR + 1)
        rooms.sweep()
        assert [rooms.take(turn, ANN, GLM, 3) for turn in (1, 2, 3)] == [True, True, False]


class TestAPlaceThatNobodyComesFor:
    def test_is_free_after_a_while(self, rooms: Rooms, later: Any) -> None:
        rooms.take(1, ANN, GLM, 1)
        later(UNUSED_FOR + 1)
        rooms.sweep()
        assert rooms.take(2, ANN, GLM, 1)

    def test_is_kept_by_whoever_came(self, rooms: Rooms, later: Any) -> None:
        rooms.take(1, ANN, GLM, 1)
        rooms.at_work(1, GLM, ANN)
        later(10 * UNUSED_FOR)
        rooms.sweep()
        assert not rooms.take(2, ANN, GLM, 1)


class TestTooMany:
    def fill(self, rooms: Rooms, count: int) -> None:
        for turn in range(1, count + 1):
            rooms.take_waiting(turn, ANN, GLM, None)
            rooms.at_work(turn, GLM, ANN)

    def test_teaches_a_bound(self, rooms: Rooms) -> None:
        self.fill(rooms, 5)
        rooms.narrow(GLM)
        assert rooms.limit(GLM, None) == 4
        assert rooms.limit(GLM, 2) == 2
        assert rooms.limit("glm-4.6", None) is None

    def test_teaches_once_for_all_that_were_refused_together(self, rooms: Rooms) -> None:
        self.fill(rooms, 5)
        for _ in range(5):
            rooms.narrow(GLM)
        assert rooms.limit(GLM, None) == 4

    def test_always_leaves_one(self, rooms: Rooms) -> None:
        self.fill(rooms, 1)
        rooms.narrow(GLM)
        assert rooms.limit(GLM, None) == 1

    def test_is_forgotten_little_by_little(self, rooms: Rooms, later: Any) -> None:
        self.fill(rooms, 3)
        rooms.narrow(GLM)
        rooms.release(3)
        for wider in (3, 4):
            later(WIDER_AFTER + 1)
            rooms.sweep()
            assert rooms.limit(GLM, None) == min(wider, 3)
        later(FORGOTTEN_AFTER + 1)
        rooms.sweep()
        assert rooms.limit(GLM, None) is None


def test_what_is_usual_follows_what_was(rooms: Rooms, later: Any) -> None:
    assert rooms.usual_seconds(GLM) is None
    for turn, seconds in enumerate((8, 16), start=1):
        rooms.take(turn, ANN, GLM, None)
        rooms.at_work(turn, GLM, ANN)
        later(seconds)
        rooms.release(turn)
    assert rooms.usual_seconds(GLM) == 10


steps = st.lists(st.tuples(st.sampled_from(["take", "waiting", "beside", "release"]), st.integers(1, 9)), max_size=60)


@given(steps, st.integers(1, 4))
def test_no_order_of_things_exceeds_the_bound_or_loses_a_place(taken: list[tuple[str, int]], bound: int) -> None:
    rooms, held = Rooms(), set()
    for what, key in taken:
        if what == "release":
            rooms.release(key)
            held.discard(key)
        elif key not in held:
            way = {"take": rooms.take, "waiting": rooms.take_waiting}.get(what)
            got = way(key, key % 3 + 1, GLM, bound) if way else rooms.take_beside(key, GLM, bound)
            held |= {key} if got else set()
            assert got or len(held) == bound or (not way and len(held) == bound - 1)
        assert len(held) <= bound
