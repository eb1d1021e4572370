"""The list of a person's conversations: the newest first, by days of the current time zone, page after page.

A page begins behind an entry's place, never at a number: whatever rises meanwhile shifts nothing, and the last page of
ten thousand conversations costs what the first one does.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conversations import clock
from conversations.models import Conversation, JobState, Turn, TurnState
from conversations.models.conversation import ConversationQuerySet
from conversations.models.kept import kept

PER_PAGE = 50
MOST_CHANGED = 11
FOLDED = "chatsite-list"  # the cookie of those who want the list out of the way

TODAY = "today"
YESTERDAY = "yesterday"
ONE_DAY = (TODAY, YESTERDAY)
# Up to how many days ago an entry belongs to a group; what is older goes by months.
DAYS: tuple[tuple[int, str, Promise], ...] = (
    (0, TODAY, _("Today")),
    (1, YESTERDAY, _("Yesterday")),
    (7, "week", _("Previous 7 days")),
    (30, "month", _("Previous 30 days")),
)
_EPOCH = dt.datetime.fromtimestamp(0, dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_WRITTEN = re.compile("([0-9]{1,17})[.]([0-9a-f]{32})")  # a moment until the year 5138


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands, or stood. Of two entries with one moment the later made comes first."""

    active_at: dt.datetime
    code: uuid.UUID

    @staticmethod
    def of(entry: Conversation) -> Place:
        return Place(entry.active_at, entry.code)

    @staticmethod
    def read(written: str) -> Place | None:
        """The place that an address names; None for anything else."""
        if not (found := _WRITTEN.fullmatch(written)):
            return None
        return Place(_EPOCH + int(found[1]) * _MICROSECOND, uuid.UUID(found[2]))

    def __str__(self) -> str:
        return f"{(self.active_at - _EPOCH) // _MICROSECOND}.{self.code.hex}"


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one span of days; `is_continued` when the page before has its heading."""

    key: str
    label: Promise | str
    entries: list[Conversation]
    is_continued: bool = False

    @property
    def has_times(self) -> bool:
        """Whether the heading says the day, so that an entry only needs its time."""
        return self.key in ONE_DAY


@dataclass(frozen=True, slots=True)
class Page:
    """Groups with the places where older and newer entries are to be found, if there are any."""

    groups: list[Group]
    older: Place | None = None
    newer: Place | None = None

    @property
    def is_empty(self) -> bool:
        return not any(group.entries for group in self.groups)


def first_page(owner_id: int, count: int = PER_PAGE) -> Page:
    """The newest entries. Today's group comes first even while it is empty: whatever rises goes there."""
    found, has_more = _some(_entries(owner_id).listed(), count)
    groups = _grouped(found)
    if not groups or groups[0].key != TODAY:
        groups.insert(0, Group(TODAY, DAYS[0][2], []))
    return Page(groups, older=_place(found, -1) if has_more else None)


def page_behind(owner_id: int, place: Place, count: int = PER_PAGE) -> Page:
    """The entries that are older than `place`."""
    found, has_more = _some(_entries(owner_id).filter(_older(place)).listed(), count)
    groups = _grouped(found)
    if groups and groups[0].key == group_of(place.active_at)[0]:
        groups[0] = replace(groups[0], is_continued=True)
    return Page(groups, older=_place(found, -1) if has_more else None, newer=_place(found, 0))


def page_before(owner_id: int, place: Place, count: int = PER_PAGE) -> Page:
    """The entries that are newer than `place`, those next to it."""
    rows = _entries(owner_id).filter(_newer(place)).listed().reverse()
    found, has_more = _some(rows, count)
    found.reverse()
    return Page(_grouped(found), older=_place(found, -1), newer=_place(found, 0) if has_more else None)


def changed_since(owner_id: int, listed: int) -> list[Conversation]:
    """Entries that changed after the owner's revision `listed`, the latest change first, at most `MOST_CHANGED`;
    deleted ones too, of which nothing may be left by now but that they were there."""
    return kept(_changed, owner_id, listed)


def _changed(owner_id: int, listed: int) -> ConversationQuerySet:
    rows = Conversation.objects.filter(owner_id=owner_id, listed_revision__gt=listed)
    rows = _marked(rows.exclude(leaf=None, title="", deleted_at=None))
    return rows.order_by("-listed_revision")[:MOST_CHANGED]


def next_newer(entry: Conversation) -> Conversation | None:
    """The entry that stands before another."""
    return next(iter(kept(_next_newer, entry.owner_id, entry.active_at, entry.pk)), None)


def _next_newer(owner_id: int, active_at: dt.datetime, key: int) -> ConversationQuerySet:
    newer = Q(active_at__gte=active_at) & (Q(active_at__gt=active_at) | Q(pk__gt=key))
    return _entries(owner_id).filter(newer).order_by("active_at", "pk")[:1]


def next_older(entry: Conversation) -> Conversation | None:
    """The entry that stands behind another."""
    return next(iter(kept(_next_older, entry.owner_id, entry.active_at, entry.pk)), None)


def _next_older(owner_id: int, active_at: dt.datetime, key: int) -> ConversationQuerySet:
    older = Q(active_at__lte=active_at) & (Q(active_at__lt=active_at) | Q(pk__lt=key))
    return _entries(owner_id).filter(older).listed()[:1]


def group_of(moment: dt.datetime) -> tuple[str, Promise | str]:
    """The key and the heading of the group that a moment belongs to."""
    return _head(timezone.localdate(moment), today())


def today(zone: ZoneInfo | None = None) -> dt.date:
    """The day that a list is sorted by; it is drawn anew on the next one."""
    return timezone.localdate(clock.now(), zone)


def _entries(owner_id: int) -> ConversationQuerySet:
    return Conversation.objects.begun().filter(owner_id=owner_id, deleted_at=None)


def _marked(rows: ConversationQuerySet) -> ConversationQuerySet:
    """With `is_running`, `is_delegated` to a job, and `is_waiting` for its person: the few live turns of the site are
    found once, by their states, whoever's they are."""
    live = Turn.objects.live()
    waiting = live.filter(Q(state=TurnState.WAITING) | Q(job__state=JobState.UNKNOWN))
    delegated = live.filter(state=TurnState.DELEGATED)
    marks = {"is_running": live, "is_delegated": delegated, "is_waiting": waiting}
    return rows.annotate(**{mark: Q(pk__in=turns.values("conversation")) for mark, turns in marks.items()})


def _older(place: Place) -> Q:
    # The first condition follows from the second, but only the first is one that an index can begin at.
    return Q(active_at__lte=place.active_at) & (Q(active_at__lt=place.active_at) | Q(pk__lt=_key(place)))


def _newer(place: Place) -> Q:
    return Q(active_at__gte=place.active_at) & (Q(active_at__gt=place.active_at) | Q(pk__gt=_key(place)))


def _key(place: Place) -> models.Subquery:
    return models.Subquery(Conversation.objects.filter(code=place.code).values("pk"))


def _some(rows: ConversationQuerySet, count: int) -> tuple[list[Conversation], bool]:
    """So many entries, and whether there are more."""
    found = list(_marked(rows)[: count + 1])
    return found[:count], len(found) > count


def _grouped(entries: Sequence[Conversation]) -> list[Group]:
    current = today()
    headed = [(_head(timezone.localdate(entry.active_at), current), entry) for entry in entries]
    return [
        Group(key, label, [entry for _head, entry in group])
        for (key, label), group in groupby(headed, key=lambda each: each[0])
    ]


def _head(day: dt.date, current: dt.date) -> tuple[str, Promise | str]:
    age = (current - day).days
    for most, key, label in DAYS:
        if age <= most:
            return key, label
    return f"{day:%Y-%m}", date_format(day, "YEAR_MONTH_FORMAT")


def _place(entries: Sequence[Conversation], index: int) -> Place | None:
    return Place.of(entries[index]) if entries else None
