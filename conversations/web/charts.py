"""Charts as numbers: where bars and labels stand. Templates draw them as SVG, and classes give them their colours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

RIGHT, TOP, BASE = 704.0, 12.0, 196.0
LEFT, LABELS_RIGHT = 52.0, 44.0
UNKNOWN_HEIGHT = 24.0
LABEL_EVERY = (1, 2, 5, 7, 10, 14, 31)
MOST_LABELS = 8

ROW, FIRST_ROW, BAR, NAMES, ENDS, ROW_WIDTH = 30, 8, 12, 128.0, 64.0, 370.0


@dataclass(frozen=True, slots=True)
class Column:
    """What stands over one day: amounts from the bottom up, and whether there is more that nobody knows."""

    label: str
    amounts: tuple[int, ...]
    has_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of the series number `series`; `series` None is what is unknown."""

    x: str
    y: str
    width: str
    height: str
    series: int | None


@dataclass(frozen=True, slots=True)
class Label:
    x: str
    y: str
    text: str
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over days. `lines` are those of the scale, with their values; `peak` marks the highest column."""

    bars: tuple[Bar, ...]
    lines: tuple[Label, ...]
    days: tuple[Label, ...]
    doubts: tuple[Label, ...]
    peak: Label | None


@dataclass(frozen=True, slots=True)
class Row:
    """A bar that lies, with its name before and its amount behind it."""

    name: str
    code: str
    value: int
    is_unknown: bool
    bar: Bar
    y: int
    end: str


def columns(days: Sequence[Column]) -> Chart:
    """Stacked columns from left to right."""
    highest = max((sum(day.amounts) for day in days), default=0)
    top = _top_of_scale(highest)
    step = (RIGHT - LEFT) / max(len(days), 1)
    width = step * 0.62
    bars: list[Bar] = []
    doubts: list[Label] = []
    for number, day in enumerate(days):
        x = LEFT + number * step + (step - width) / 2
        y = BASE
        for series, amount in enumerate(day.amounts):
            height = amount / top * (BASE - TOP)
            y -= height
            if amount:
                bars.append(_bar(x, y, width, height, series))
        if day.has_unknown:
            y = max(y - UNKNOWN_HEIGHT, TOP)
            bars.append(_bar(x, y, width, UNKNOWN_HEIGHT, None))
            doubts.append(Label(_px(x + width / 2), _px(y - 5), "?"))
    lines = tuple(Label(_px(LABELS_RIGHT), _px(_height(value, top)), "", value) for value in _scale(top))
    return Chart(tuple(bars), lines, _labels(days, step), tuple(doubts), _peak(days, step, top))


def rows(amounts: Iterable[tuple[str, str, int, bool]]) -> tuple[Row, ...]:
    """Bars one below the other: name, code, amount and whether that is unknown."""
    amounts = list(amounts)
    longest = max((amount for *_rest, amount, _unknown in amounts), default=0) or 1
    found = []
    for number, (name, code, amount, is_unknown) in enumerate(amounts):
        y = FIRST_ROW + number * ROW
        width = 24.0 if is_unknown else max(amount / longest * (ROW_WIDTH - NAMES - ENDS), 1.5 if amount else 0.0)
        bar = Bar(_px(NAMES), str(y), _px(width), str(BAR), None if is_unknown else 0)
        found.append(Row(name, code, amount, is_unknown, bar, y + 10, _px(NAMES + width + 8)))
    return tuple(found)


def _labels(days: Sequence[Column], step: float) -> tuple[Label, ...]:
    every = next((each for each in LABEL_EVERY if len(days) / each <= MOST_LABELS), LABEL_EVERY[-1])
    last = len(days) - 1
    chosen = [number for number in range(len(days)) if (last - number) % every == 0]
    return tuple(Label(_px(LEFT + (number + 0.5) * step), _px(BASE + 18), days[number].label) for number in chosen)


def _peak(days: Sequence[Column], step: float, top: int) -> Label | None:
    """The highest column says its amount, when that is worth a look."""
    amounts = [sum(day.amounts) for day in days]
    highest = max(amounts, default=0)
    if not highest or len(days) < 2:
        return None
    number = amounts.index(highest)
    if days[number].has_unknown:
        return None
    return Label(_px(LEFT + (number + 0.5) * step), _px(_height(highest, top) - 6), "", highest)


def _height(value: int, top: int) -> float:
    return BASE - value / top * (BASE - TOP)


def _top_of_scale(highest: int) -> int:
    """A round number above the highest column that can be cut in four."""
    if highest <= 4:
        return 4
    unit = 10 ** (len(str(highest)) - 1)
    steps = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10, 12)
    return next(int(unit * each) for each in steps if unit * each >= highest * 1.06)


def _scale(top: int) -> list[int]:
    return [round(top * quarter / 4) for quarter in range(5)] if top >= 8 else [0, top // 2, top]


def _bar(x: float, y: float, width: float, height: float, series: int | None) -> Bar:
    return Bar(_px(x), _px(y), _px(width), _px(math.fabs(height)), series)


def _px(number: float) -> str:
    """A length as SVG takes it, whatever the language."""
    return f"{number:.1f}"
