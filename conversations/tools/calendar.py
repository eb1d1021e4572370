"""Dates: how far apart they are, what comes so long after one, which weekday it is."""

from __future__ import annotations

import calendar
import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from conversations import clock

from .kind import Arguments, Result, Tool, ToolError, Use

FARTHEST = 400_000
"""In days: a little more than a thousand years."""


async def run(arguments: Arguments, use: Use) -> Result:
    day = _day(arguments["date"], use) if "date" in arguments else _today(use)
    added = {name: arguments[name] for name in ("years", "months", "weeks", "days") if arguments.get(name)}
    if not added and "until" not in arguments:
        return Result(_told(day))
    if not added:
        return Result(_between(day, _day(arguments["until"], use)))
    moved = _moved(day, **added)
    words = [f"{count:+d} {name}" for name, count in added.items()]
    return Result(f"{_told(day)}\n{', '.join(words)}: {_told(moved)}")


def _today(use: Use) -> dt.date:
    return clock.now().astimezone(clock.zone(use.zone)).date()


def _day(text: str, use: Use) -> dt.date:
    if text == "today":
        return _today(use)
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        raise ToolError(gettext_noop("“%(text)s” is no date of the form YYYY-MM-DD."), text=text) from None


def _moved(day: dt.date, years: int = 0, months: int = 0, weeks: int = 0, days: int = 0) -> dt.date:
    """Months first; where the month has no such day, its last."""
    month = day.year * 12 + day.month - 1 + years * 12 + months
    try:
        last = calendar.monthrange(month // 12, month % 12 + 1)[1]
        return dt.date(month // 12, month % 12 + 1, min(day.day, last)) + dt.timedelta(weeks=weeks, days=days)
    except (ValueError, OverflowError):
        raise ToolError(gettext_noop("That is before the year 1 or after the year 9999.")) from None


def _between(one: dt.date, other: dt.date) -> str:
    days = (other - one).days
    first, last = min(one, other), max(one, other)
    workdays = _workdays(first, last)
    return (
        f"{_told(one)}\n{_told(other)}\n{days:+d} days ({abs(days) // 7} weeks and {abs(days) % 7} days), "
        f"{workdays} of them Monday to Friday, holidays not considered; the first day is not counted, the last is."
    )


def _workdays(first: dt.date, last: dt.date) -> int:
    weeks, rest = divmod((last - first).days, 7)
    return weeks * 5 + sum((first + dt.timedelta(days=n)).weekday() < 5 for n in range(1, rest + 1))


def _told(day: dt.date) -> str:
    year, week, _day = day.isocalendar()
    return f"{day.isoformat()} is a {day:%A}, day {day.timetuple().tm_yday} of the year, ISO week {year}-W{week:02d}"


_COUNT = {"type": "integer", "minimum": -FARTHEST, "maximum": FARTHEST}

TOOL = Tool(
    name="calendar",
    label=_("Calendar"),
    explains=_("Weekdays, the time between two dates, a date so many days or months later."),
    description=(
        "Works with dates: the weekday of one, the days and workdays until another, or the date so many days, weeks, "
        "months or years later (negative: earlier). Give `until`, or counts to add, or neither."
    ),
    parameters={
        "type": "object",
        "properties": {
            "date": {"type": "string", "maxLength": 25, "description": "YYYY-MM-DD or today, which it is by itself."},
            "until": {"type": "string", "maxLength": 25, "description": "YYYY-MM-DD or today."},
            "days": _COUNT,
            "weeks": {"type": "integer", "minimum": -FARTHEST // 7, "maximum": FARTHEST // 7},
            "months": {"type": "integer", "minimum": -12_000, "maximum": 12_000},
            "years": {"type": "integer", "minimum": -1000, "maximum": 1000},
        },
        "additionalProperties": False,
    },
    run=run,
)
