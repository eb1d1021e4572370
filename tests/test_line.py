"""Who is next: everybody in turn; where each stands, and for how long about."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from conversations import line
from conversations.line import Place, Waiting, ordered, places, waits

ANN, BEN, CAI = 1, 2, 3


def queued(*people: int, model: str = "glm-5.3") -> list[Waiting]:
    return [
        Waiting(number, uuid.UUID(int=number), uuid.UUID(int=100 + number), person, model, float(number))
        for number, person in enumerate(people, start=1)
    ]


def order(*people: int, running: dict[int, int] | None = None, served: dict[int, float] | None = None) -> list[int]:
    return [each.turn_id for each in ordered(queued(*people), running or {}, served or {})]


def test_strangers_stand_as_they_came() -> None:
    assert order(ANN, BEN, CAI) == [1, 2, 3]


def test_ten_questions_of_one_person_starve_nobody() -> None:
    assert order(*[ANN] * 10, BEN, CAI)[:3] == [1, 11, 12]


def test_who_is_being_answered_comes_after_who_is_not() -> None:
    assert order(ANN, BEN, running={ANN: 1}) == [2, 1]


def test_who_was_just_answered_comes_after_who_waits() -> None:
    assert order(ANN, ANN, BEN, served={ANN: 3.5}) == [3, 1, 2]


def test_who_was_answered_before_others_came_does_not() -> None:
    assert order(ANN, BEN, served={ANN: 1.5}) == [1, 2]


@given(st.lists(st.integers(1, 5), max_size=40), st.dictionaries(st.integers(1, 5), st.integers(0, 4)))
def test_everybody_stands_there_once_and_in_turn(people: list[int], running: dict[int, int]) -> None:
    stood = ordered(queued(*people), running, {})
    assert sorted(each.turn_id for each in stood) == list(range(1, len(people) + 1))
    for person in set(people):
        own = [each.turn_id for each in stood if each.person == person]
        assert own == sorted(own)
    had = dict.fromkeys(range(1, 6), 0) | running
    for each in stood:
        behind = stood[stood.index(each) :]
        assert all(had[each.person] <= had[other.person] for other in behind)
        had[each.person] += 1


def test_places_count_by_model() -> None:
    mixed = [*queued(ANN, BEN), *queued(CAI, model="glm-4.6")]
    mixed[2] = Waiting(9, uuid.UUID(int=9), uuid.UUID(int=109), CAI, "glm-4.6", 9.0)
    found = places(mixed, {"glm-5.3": [4.0, 8.0]})
    assert [(place.number, place.seconds) for place in found.values()] == [(1, 4.0), (2, 8.0), (1, None)]


def test_a_wait_is_what_those_at_work_still_need() -> None:
    assert waits(3, ages=[6.0, 2.0], slots=2, usual=10.0) == [4.0, 8.0, 14.0]


def test_an_empty_place_is_taken_soon_and_a_late_reply_is_nearly_done() -> None:
    assert waits(2, ages=[50.0], slots=2, usual=10.0) == [1.0, 1.0]


def test_those_who_watch_are_told_what_changes_and_nothing_else() -> None:
    turn, other = uuid.uuid4(), uuid.uuid4()
    told: list[Place | None] = []
    line.watch(turn, told.append)
    second, first = Place(turn, 2), Place(turn, 1)
    for now in ({turn: second}, {turn: second, other: first}, {turn: first}, {}, {}):
        line.tell(now)
    assert told == [second, first, None]
    line.unwatch(turn, told.append)
    line.tell({turn: first})
    assert (len(told), line.place_of(turn)) == (3, first)
