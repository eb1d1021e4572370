"""What time it is, where the person is or anywhere else."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from conversations import clock

from .kind import Arguments, Result, Tool, ToolError, Use

MOST_ZONES = 8


async def run(arguments: Arguments, use: Use) -> Result:
    wanted = arguments.get("time_zones") or [""]
    now = clock.now()
    return Result("\n".join(_told(now, _zone(name, use)) for name in wanted[:MOST_ZONES]))


def _zone(name: str, use: Use) -> ZoneInfo:
    if not name:
        return clock.zone(use.zone)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        words = gettext_noop("There is no time zone “%(name)s”; give a name such as Asia/Shanghai.")
        raise ToolError(words, name=name) from None


def _told(now: dt.datetime, zone: ZoneInfo) -> str:
    there = now.astimezone(zone)
    year, week, _day = there.isocalendar()
    return f"{zone.key}: {there:%A}, {there.isoformat(timespec='seconds')}, ISO week {year}-W{week:02d}"


TOOL = Tool(
    name="current_time",
    label=_("Clock"),
    explains=_("Today's date and the time, where you are or elsewhere."),
    description=(
        "The present date, weekday and time, by default where the user is. Use it whenever the answer depends on now."
    ),
    parameters={
        "type": "object",
        "properties": {
            "time_zones": {
                "type": "array",
                "items": {"type": "string", "maxLength": 64},
                "maxItems": MOST_ZONES,
                "description": "IANA names such as Asia/Shanghai or Europe/Berlin; leave it out for the user's own.",
            }
        },
        "additionalProperties": False,
    },
    run=run,
)
