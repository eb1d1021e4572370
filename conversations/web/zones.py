"""The time zones that people may choose, by part of the world, each with its distance from UTC today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conversations import clock

AREAS: dict[str, Promise] = {
    "Asia": _("Asia"),
    "Europe": _("Europe"),
    "America": _("America"),
    "Africa": _("Africa"),
    "Australia": _("Australia"),
    "Pacific": _("Pacific"),
    "Atlantic": _("Atlantic"),
    "Indian": _("Indian Ocean"),
    "Antarctica": _("Antarctica"),
}

Choice = tuple[str, str]


def choices() -> list[tuple[Promise, list[Choice]]]:
    """The places, for a select with groups."""
    now = clock.now()
    return [(words, list(_of(area, now))) for area, words in AREAS.items()]


@cache
def names() -> frozenset[str]:
    """Those named after places, and UTC; the rest of the database is there for old programs."""
    places = {name for name in available_timezones() if "/" in name and name.split("/")[0] in AREAS}
    return frozenset(places | {"UTC"})


def _of(area: str, now: dt.datetime) -> Iterator[Choice]:
    for name in sorted(name for name in names() if name.startswith(f"{area}/")):
        place = name.removeprefix(f"{area}/").replace("_", " ")
        offset = f"{now.astimezone(ZoneInfo(name)):%z}"
        yield name, f"{place} (UTC{offset[:3]}:{offset[3:]})"
