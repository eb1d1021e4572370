"""Where sources stand in a reply: before its text or after it, never inside."""

import uuid

import pytest

from conversations.glm import Event, Finish, Finished, ReasoningDelta, Restarted, Source, SourcesFound, TextDelta
from conversations.models import sources
from conversations.models.sources import Numbered
from conversations.turn_log import TurnLog
from conversations.turns.writer import Writer

A, B, C = Source("ref_1", "A"), Source("ref_2", "B"), Source("ref_3", "C")
STOP = Finished(Finish.STOP, "stop")


def written(*reads: list[Event], searches: bool = True) -> list[tuple[str, str]]:
    made = Writer(TurnLog(uuid.uuid4(), uuid.uuid4(), uuid.uuid4()), searches=searches)
    for read in reads:
        made.take(read)
    made.end()
    return [(part.kind, part.text) for part in made.parts()]


def part(*found: Source, first: int = 1) -> tuple[str, str]:
    return "sources", sources.written(Numbered(number, each) for number, each in enumerate(found, first))


def test_that_come_first_stand_before_the_text() -> None:
    reads = [SourcesFound((A, B)), ReasoningDelta("hm"), TextDelta("so"), STOP]
    assert written(reads) == [part(A, B), ("reasoning", "hm"), ("text", "so")]  # type: ignore[arg-type]


def test_that_come_amid_a_thought_wait_for_its_end() -> None:
    reads = [ReasoningDelta("h"), SourcesFound((A,)), ReasoningDelta("m"), TextDelta("so"), STOP]
    assert written(reads) == [("reasoning", "hm"), part(A), ("text", "so")]  # type: ignore[arg-type]


def test_that_come_last_stand_behind_it() -> None:
    assert written([TextDelta("so")], [SourcesFound((A,)), STOP]) == [("text", "so"), part(A)]


def test_that_come_amid_the_text_do_not_cut_it() -> None:
    reads: list[list[Event]] = [[TextDelta("so")], [SourcesFound((A,))], [TextDelta(" on"), STOP]]
    assert written(*reads) == [("text", "so on"), part(A)]


def test_that_come_twice_stand_once_and_are_numbered_through() -> None:
    reads: list[list[Event]] = [
        [SourcesFound((A,)), TextDelta("so")],
        [SourcesFound((A, B, B))],
        [SourcesFound((C,)), STOP],
    ]
    assert written(*reads) == [part(A), ("text", "so"), part(B, C, first=2)]


def test_of_an_answer_that_was_begun_anew_are_void() -> None:
    reads = [SourcesFound((A,)), TextDelta("void"), Restarted("glm-2"), TextDelta("so"), SourcesFound((B,)), STOP]
    assert written(reads) == [("text", "so"), part(B)]  # type: ignore[arg-type]


@pytest.mark.parametrize("finish", [Finish.STOP, Finish.LENGTH])
def test_that_never_came_although_a_search_was_on_are_said_to_be_none(finish: Finish) -> None:
    assert written([TextDelta("so"), Finished(finish, "")]) == [("text", "so"), ("sources", "")]


@pytest.mark.parametrize("end", [[], [Finished(Finish.NETWORK_ERROR, "")], [Finished(Finish.SENSITIVE, "")]])
def test_of_a_reply_that_did_not_end_by_itself_nothing_is_said(end: list[Event]) -> None:
    assert written([TextDelta("so"), *end]) == [("text", "so")]


def test_without_a_search_nothing_is_said_of_them() -> None:
    assert written([TextDelta("so"), STOP], searches=False) == [("text", "so")]
