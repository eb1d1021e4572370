"""The queue: what waits for a decision, in the order in which it is due, and how much of it there is.

Pages of it, filtered or not, and all numbers are found in an index alone, however long the queue is.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.utils import timezone

from conversations import clock
from conversations.models import UNDECIDED, CaseState, ReviewCase, User

from . import reviewers

MOST_MEASURED = 1000


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue is wanted; nothing given means all that is undecided. `is_unrated`: nobody gave a level."""

    state: str = ""
    source: str = ""
    level: int | None = None
    is_unrated: bool = False
    is_mine: bool = False
    is_overdue: bool = False
    is_closed: bool = False
    opened_before: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Counters:
    """For the head of the queue; all without the viewer's own cases. `proposed` are those that the viewer may agree to,
    `undecided` are all states together."""

    open: int
    mine: int
    proposed: int
    overdue: int
    undecided: int

    @property
    def waiting(self) -> int:
        """What the viewer can do something about now."""
        return self.open + self.mine + self.proposed


@dataclass(frozen=True, slots=True)
class ClosedToday:
    """How many cases were decided today, and how long half of them took at most; None when there were none."""

    count: int
    median: dt.timedelta | None


def queue(
    actor: User, wanted: QueueFilter = QueueFilter(), after: ReviewCase | None = None
) -> models.QuerySet[ReviewCase]:
    """Undecided cases by deadline, the most urgent first; decided ones by when that was, the latest first; behind the
    case `after`. Own ones are in it: they can be seen to wait, not be decided."""
    if wanted.is_closed or (wanted.state and wanted.state not in UNDECIDED):
        closed = ReviewCase.objects.filter(decided_at__isnull=False).order_by("-decided_at", "-pk")
        cases = closed.filter(_before_decided(after))
    else:
        cases = ReviewCase.objects.undecided().order_by("due_at", "pk").filter(_after_due(after))
    return cases.filter(*_conditions(actor, wanted))


def counters(actor: User) -> Counters:
    """Counted by state in the index; own cases are few and are taken off."""
    now = clock.now()
    late = models.Count("pk", filter=models.Q(due_at__lt=now))
    by_state = ReviewCase.objects.filter(state__in=UNDECIDED).order_by().values_list("state")
    counts = {
        state: (count, overdue) for state, count, overdue in by_state.annotate(count=models.Count("pk"), overdue=late)
    }
    own = list(ReviewCase.objects.undecided().filter(person_code=actor.code).values_list("state", "due_at"))
    proposals = ReviewCase.objects.filter(state=CaseState.PROPOSED, proposed_by=actor.code)
    total = {state: counts.get(state, (0, 0))[0] - sum(each == state for each, _ in own) for state in UNDECIDED}
    return Counters(
        open=total[CaseState.OPEN],
        mine=ReviewCase.objects.held_by(actor.code).exclude(person_code=actor.code).count(),
        proposed=total[CaseState.PROPOSED] - proposals.exclude(person_code=actor.code).count(),
        overdue=sum(overdue for _, overdue in counts.values()) - sum(due_at < now for _, due_at in own),
        undecided=sum(total.values()),
    )


def closed_today() -> ClosedToday:
    """Today in the zone that is drawn for. Of very many cases the latest are measured."""
    since = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    closed = ReviewCase.objects.filter(decided_at__gte=since).order_by("-decided_at")
    latest = closed.values_list("decided_at", "opened_at")[:MOST_MEASURED]
    times = [decided - opened for decided, opened in latest if decided]
    median = statistics.median(each.total_seconds() for each in times) if times else None
    return ClosedToday(
        len(times) if len(times) < MOST_MEASURED else closed.count(),
        None if median is None else dt.timedelta(seconds=median),
    )


def newest() -> int:
    """The number of the newest case; see `newer`."""
    return ReviewCase.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def newer(actor: User, number: int) -> int:
    """How many undecided cases of others have come since the case of that number."""
    return ReviewCase.objects.undecided().filter(pk__gt=number).exclude(person_code=actor.code).count()


def next_case(actor: User, but: ReviewCase | None = None) -> ReviewCase | None:
    """What is most urgent of what this reviewer may decide: own claims, then open cases and proposals of others."""
    cases = ReviewCase.objects.undecided().order_by("due_at", "pk")
    cases = cases.exclude(pk=but.pk) if but else cases
    cases = cases if reviewers.is_alone(actor) else cases.exclude(person_code=actor.code)
    mine = cases.held_by(actor.code).first()
    if mine is not None:
        return mine
    proposed = models.Q(state=CaseState.PROPOSED) & ~models.Q(proposed_by=actor.code)
    return cases.filter(models.Q(state=CaseState.OPEN) | proposed).first()


def _after_due(case: ReviewCase | None) -> models.Q:
    """Behind a case in the order; the first condition is the one that an index can begin at."""
    if case is None:
        return models.Q()
    return models.Q(due_at__gte=case.due_at) & (models.Q(due_at__gt=case.due_at) | models.Q(pk__gt=case.pk))


def _before_decided(case: ReviewCase | None) -> models.Q:
    if case is None or case.decided_at is None:
        return models.Q()
    earlier = models.Q(decided_at__lt=case.decided_at) | models.Q(pk__lt=case.pk)
    return models.Q(decided_at__lte=case.decided_at) & earlier


def _conditions(actor: User, wanted: QueueFilter) -> Iterator[models.Q]:
    if wanted.state:
        yield models.Q(state=wanted.state)
    if wanted.source:
        yield models.Q(source=wanted.source)
    if wanted.is_unrated or wanted.level is not None:
        yield models.Q(level=None if wanted.is_unrated else wanted.level)
    if wanted.is_mine:
        yield models.Q(claimed_by=actor.code, state=CaseState.CLAIMED)
    if wanted.is_overdue:
        yield models.Q(due_at__lt=clock.now())
    if wanted.opened_before is not None:
        yield models.Q(opened_at__lt=wanted.opened_before)
