import uuid
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import clock
from conversations.glm import Event, ReasoningDelta, Restarted, TextDelta, UsageTold
from conversations.glm.results import Usage
from conversations.turn_log import TurnLog
from conversations.turns.writer import Writer


def writer(before: str = "") -> Writer:
    return Writer(TurnLog(uuid.uuid4(), uuid.uuid4(), uuid.uuid4()), before)


def told(made: Writer) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in made.parts()]


def expected(events: list[Event]) -> list[tuple[str, str]]:
    """Neighbouring deltas of one kind are one part; a restart voids all before it."""
    parts: list[tuple[str, str]] = []
    for event in events:
        if isinstance(event, Restarted):
            parts = []
        elif isinstance(event, TextDelta | ReasoningDelta):
            kind = "text" if isinstance(event, TextDelta) else "reasoning"
            if parts and parts[-1][0] == kind:
                parts[-1] = (kind, parts[-1][1] + event.text)
            else:
                parts.append((kind, event.text))
    return parts


events = st.lists(
    st.one_of(
        st.builds(TextDelta, st.text("ab", min_size=1, max_size=3)),
        st.builds(ReasoningDelta, st.text("xy", min_size=1, max_size=3)),
        st.builds(Restarted, st.just("glm-2")),
        st.just(UsageTold(Usage(1))),
    ),
    max_size=12,
)


@given(st.lists(events, max_size=5))
def test_the_parts_never_depend_on_what_arrived_together(reads: list[list[Event]]) -> None:
    made = writer()
    for read in reads:
        made.take(read)
    made.end()
    assert told(made) == expected([event for read in reads for event in read])


def test_one_read_of_one_kind_is_one_append() -> None:
    made = writer()
    made.take([TextDelta("a"), UsageTold(Usage(1)), TextDelta("b")])
    assert made.log.seq == 1


def test_nothing_was_shown_before_the_first_delta() -> None:
    made = writer()
    made.take([UsageTold(Usage(1))])
    assert not made.has_shown
    made.take([TextDelta("a")])
    assert made.has_shown


def test_void_text_was_shown_all_the_same() -> None:
    made = writer()
    made.take([TextDelta("a")])
    made.take([Restarted("glm-2")])
    assert made.has_shown
    assert told(made) == []


def test_a_restart_leaves_earlier_rounds_the_time_they_took(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(clock, "monotonic", lambda: now)
    made = writer()
    made.take([ReasoningDelta("hm")])
    now += 7
    made.take([TextDelta("Let me see.")])
    made.begin_round()
    now += 60
    made.take([TextDelta("void"), Restarted("glm-2"), TextDelta("It is 42.")])
    assert told(made) == [("reasoning", "hm"), ("text", "Let me see.It is 42.")]
    assert made.reasoning_seconds == 7


class TestAContinuation:
    def test_does_not_repeat_the_last_words(self) -> None:
        made = writer("the quick brown fox")
        made.take([TextDelta("brown ")])
        assert not made.has_shown
        made.take([TextDelta("fox jumps")])
        assert told(made) == [("text", " jumps")]

    def test_that_ends_while_it_is_held_is_shown(self) -> None:
        made = writer("the quick brown fox")
        made.take([TextDelta("the quick")])
        made.end()
        assert told(made) == [("text", "the quick")]

    def test_that_only_repeats_adds_nothing(self) -> None:
        made = writer("the quick brown fox")
        made.take([TextDelta("brown fox")])
        made.end()
        assert told(made) == []

    def test_that_is_tried_again_forgets_what_was_held(self) -> None:
        made = writer("the quick brown fox")
        made.take([TextDelta("the qu")])
        made.begin_again()
        made.take([TextDelta("brown fox jumps")])
        assert told(made) == [("text", " jumps")]

    def test_that_glm_began_anew_is_compared_anew(self) -> None:
        made = writer("the quick brown fox")
        made.take([TextDelta("void"), Restarted("glm-2"), TextDelta("brown fox jumps")])
        assert told(made) == [("text", " jumps")]


class TestReasoning:
    @pytest.fixture
    def seconds(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
        """The clock's moments, one after the other; the last one stays."""
        moments = [0.0]
        monkeypatch.setattr(clock, "monotonic", lambda: moments.pop(0) if len(moments) > 1 else moments[0])
        return moments

    def test_is_timed_until_the_text_begins(self, seconds: list[float]) -> None:
        made = writer()
        seconds[:] = [10.0, 13.5]
        made.take([ReasoningDelta("hm")])
        made.take([TextDelta("so")])
        assert made.reasoning_seconds == 3.5

    def test_that_nothing_follows_is_timed_until_the_end(self, seconds: list[float]) -> None:
        made = writer()
        seconds[:] = [10.0, 12.0]
        made.take([ReasoningDelta("hm")])
        made.end()
        assert made.reasoning_seconds == 2.0

    def test_in_two_stretches_is_added_up(self, seconds: list[float]) -> None:
        made = writer()
        seconds[:] = [0.0, 1.0, 5.0, 7.0]
        made.take([ReasoningDelta("hm"), TextDelta("a"), ReasoningDelta("hm")])
        made.end()
        assert made.reasoning_seconds == 3.0

    def test_that_is_void_does_not_count(self, seconds: list[float]) -> None:
        made = writer()
        seconds[:] = [0.0, 100.0, 101.0]
        made.take([ReasoningDelta("void")])
        made.take([Restarted("glm-2"), ReasoningDelta("hm")])
        made.end()
        assert made.reasoning_seconds == 1.0

    def test_without_any_has_no_time(self) -> None:
        made = writer()
        made.take([TextDelta("a")])
        made.end()
        assert made.reasoning_seconds is None
