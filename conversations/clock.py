"""The time, as one seam that tests can move."""

import datetime as dt
import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings


def now() -> dt.datetime:
    """The present moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def monotonic() -> float:
    """Seconds on a clock that never goes back; only differences mean anything."""
    return time.monotonic()


def zone(name: str) -> ZoneInfo:
    """The time zone of that name; without one, or with one that is unknown here, that of the site."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)
