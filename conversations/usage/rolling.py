"""Keeps the sums of each day: idempotent, so any process may do it at any time, and once more.

A day is summed anew whenever one of its calls has ended since the last time, however old the day is.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Min

from conversations import clock
from conversations.models import UsageDay, UsageHead
from conversations.models.usage import EVERYBODY, ONLY

from .sums import ended, over_calls, read

# A call may end in a transaction that is not committed yet, or by a clock that is behind: look that far back again.
MARGIN = dt.timedelta(minutes=2)
ONE_DAY = dt.timedelta(days=1)
AT_ONCE = 500  # rows that are written in one statement


class Key(NamedTuple):
    """What a row of a day is about."""

    person_code: uuid.UUID
    upstream: str
    model_name: str
    kind: str


Sums = dict[str, int]


def roll_up() -> int:
    """Sum the days that have changed; how many those were."""
    head = _head()
    now = clock.now()
    days = list(_changed_days(head.counted_at))
    for day in days:
        sum_day(day)
    UsageHead.objects.filter(pk=ONLY).update(counted_at=now)
    return len(days)


def sum_day(day: dt.date) -> None:
    """Make the rows of one day equal to the sums over its calls; only what differs is written."""
    wanted = _summed(day)
    with transaction.atomic():
        kept = {_key(row): row for row in UsageDay.objects.filter(day=day)}
        UsageDay.objects.filter(pk__in=[row.pk for key, row in kept.items() if key not in wanted]).delete()
        changed = {key: sums for key, sums in wanted.items() if key not in kept or _differs(kept[key], sums)}
        _write(day, changed)


def _head() -> UsageHead:
    """Another zone has other days: then all begins anew."""
    head, _ = UsageHead.objects.get_or_create(pk=ONLY)
    if head.time_zone != settings.TIME_ZONE:
        with transaction.atomic():
            UsageDay.objects.all().delete()
            UsageHead.objects.filter(pk=ONLY).update(time_zone=settings.TIME_ZONE, counted_at=None)
        head.counted_at = None
    return head


def _changed_days(since: dt.datetime | None) -> Iterator[dt.date]:
    calls = ended().filter(ended_at__gte=since - MARGIN) if since else ended()
    found = calls.aggregate(first=Min("started_at"), last=Max("started_at"))
    if found["first"] is None:
        return
    day, last = (moment.astimezone(_zone()).date() for moment in (found["first"], found["last"]))
    while day <= last:
        yield day
        day += ONE_DAY


def _summed(day: dt.date) -> dict[Key, Sums]:
    calls = ended().filter(started_at__gte=_begin(day), started_at__lt=_begin(day + ONE_DAY))
    named = calls.values("person_code", "upstream", "kind", model_name=F("model_asked"))
    groups: Iterable[Mapping[str, Any]] = named.annotate(**over_calls())
    summed = {Key(*(group[name] for name in Key._fields)): read(group) for group in groups}
    return summed | _over_people(summed)


def _over_people(summed: dict[Key, Sums]) -> dict[Key, Sums]:
    found: dict[Key, Sums] = {}
    for key, sums in summed.items():
        whole = found.setdefault(key._replace(person_code=EVERYBODY), dict.fromkeys(sums, 0))
        for name, value in sums.items():
            whole[name] += value
    return found


def _write(day: dt.date, rows: dict[Key, Sums]) -> None:
    made = [UsageDay(day=day, **key._asdict(), **sums) for key, sums in rows.items()]
    UsageDay.objects.bulk_create(
        made, AT_ONCE, update_conflicts=True, unique_fields=UsageDay.KEY, update_fields=UsageDay.SUMS
    )


def _differs(row: UsageDay, sums: Sums) -> bool:
    return any(getattr(row, name) != value for name, value in sums.items())


def _key(row: UsageDay) -> Key:
    return Key(*(getattr(row, name) for name in Key._fields))


def _begin(day: dt.date) -> dt.datetime:
    """The moment at which a day of the organisation begins; days in which clocks are changed are longer or shorter."""
    return dt.datetime.combine(day, dt.time(), _zone()).astimezone(dt.UTC)


def _zone() -> ZoneInfo:
    return clock.zone("")
