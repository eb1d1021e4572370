"""Where bars and labels stand: inside the picture, in proportion, and nowhere a nought for what is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.web import charts
from conversations.web.charts import BASE, RIGHT, TOP, Column

days = st.lists(
    st.builds(Column, st.just("11-20"), st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), st.booleans()),
    max_size=93,
)


@given(days)
def test_everything_stands_inside_the_picture(columns: list[Column]) -> None:
    chart = charts.columns(columns)
    for bar in chart.bars:
        assert 0 <= float(bar.x) <= RIGHT
        assert TOP - 0.1 <= float(bar.y) <= BASE
        assert float(bar.x) + float(bar.width) <= RIGHT + 0.1
        assert float(bar.y) + float(bar.height) <= BASE + charts.UNKNOWN_HEIGHT + 0.1
    assert len(chart.days) <= charts.MOST_LABELS
    assert len(chart.doubts) == sum(each.has_unknown for each in columns)


@given(st.integers(0, 10**15))
def test_the_scale_reaches_above_the_highest_and_not_far(highest: int) -> None:
    values = [line.value for line in charts.columns([Column("", (highest,)), Column("", (0,))]).lines]
    assert values[0] == 0
    assert values[-1] >= highest
    assert values[-1] <= max(4, 2 * highest)
    assert values == sorted(set(values))


def test_columns_are_in_proportion() -> None:
    first, second = charts.columns([Column("", (100,)), Column("", (50,))]).bars
    assert float(first.height) == pytest.approx(2 * float(second.height), abs=0.2)


def test_what_is_unknown_is_drawn_and_nothing_is_not() -> None:
    chart = charts.columns([Column("", (0, 0), has_unknown=True), Column("", (0, 0))])
    assert [bar.series for bar in chart.bars] == [None]
    assert chart.peak is None


def test_rows_are_in_proportion_and_unknown_ones_have_a_mark_of_their_own() -> None:
    most, half, unknown, none = charts.rows(
        [("a", "", 10, False), ("b", "", 5, False), ("c", "", 0, True), ("d", "", 0, False)]
    )
    assert float(most.bar.width) == pytest.approx(2 * float(half.bar.width), abs=0.2)
    assert (unknown.bar.series, none.bar.width) == (None, "0.0")
