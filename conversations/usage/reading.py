"""The sums as pages want them: by day, by model, by person, by kind, for a span of days."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet, Sum

from conversations import clock
from conversations.models import Conversation, UsageDay, UsageHead
from conversations.models.usage import EVERYBODY, ONLY

from .sums import KINDS, ended, over_calls, over_days, read

_NEWEST_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens that GLM told, and how many calls it told nothing of."""

    known: int = 0
    unknown: int = 0

    @property
    def is_unknown(self) -> bool:
        """Nothing at all was told."""
        return not self.known and bool(self.unknown)


@dataclass(frozen=True, slots=True)
class Used:
    """What some calls have used together."""

    call_count: int = 0
    failed_count: int = 0
    prompt: Amount = field(default_factory=Amount)
    completion: Amount = field(default_factory=Amount)
    reasoning: Amount = field(default_factory=Amount)
    cached: Amount = field(default_factory=Amount)

    @property
    def tokens(self) -> int:
        return self.prompt.known + self.completion.known

    @property
    def unknown_count(self) -> int:
        """Calls whose tokens are in no sum, or only half of them."""
        return max(self.prompt.unknown, self.completion.unknown)

    @staticmethod
    def of(group: Mapping[str, Any]) -> Used:
        """That of a group with its sums."""
        sums = read(group)
        amounts = {kind: Amount(sums[f"{kind}_tokens"], sums[f"{kind}_unknown"]) for kind in KINDS}
        return Used(sums["call_count"], sums["failed_count"], **amounts)


NOTHING = Used()


@dataclass(frozen=True, slots=True)
class Scope:
    """From the day `first` to the day `last`, both included; "" and None mean all."""

    first: dt.date
    last: dt.date
    person: uuid.UUID | None = None
    model: str = ""
    kind: str = ""

    def days(self) -> Iterator[dt.date]:
        return (self.first + dt.timedelta(days=number) for number in range((self.last - self.first).days + 1))

    def rows(self) -> QuerySet[UsageDay]:
        """Those of the person, or those that stand for everybody."""
        return self._all_rows().filter(person_code=self.person or EVERYBODY)

    def rows_of_people(self) -> QuerySet[UsageDay]:
        """Those of each person."""
        found = self._all_rows()
        return found.filter(person_code=self.person) if self.person else found.exclude(person_code=EVERYBODY)

    def _all_rows(self) -> QuerySet[UsageDay]:
        wanted = {"model_name": self.model, "kind": self.kind}
        found = UsageDay.objects.filter(day__gte=self.first, day__lte=self.last).order_by()
        return found.filter(**{name: value for name, value in wanted.items() if value})


def by_day(scope: Scope) -> dict[dt.date, Used]:
    """Every day of the scope, also those on which nothing was used."""
    found = _by(scope, "day")
    return {day: found.get(day, NOTHING) for day in scope.days()}


def by_model(scope: Scope) -> dict[str, Used]:
    """The most used first."""
    return _most_first(_by(scope, "model_name"))


def by_kind(scope: Scope) -> dict[str, Used]:
    return _most_first(_by(scope, "kind"))


def by_person(scope: Scope, most: int) -> dict[uuid.UUID, Used]:
    """Those who used most, at most so many of them: ranked by their tokens first, for all the other sums of everybody
    would be read for nothing."""
    tokens = Sum(F("prompt_tokens") + F("completion_tokens"))
    ranked = scope.rows_of_people().values_list("person_code").annotate(tokens=tokens).order_by("-tokens")
    first = [person for person, _ in ranked[:most]]
    groups = scope.rows_of_people().filter(person_code__in=first).values("person_code").annotate(**over_days())
    used = {group["person_code"]: Used.of(group) for group in groups}
    return {person: used[person] for person in first if person in used}


def together(used: Iterable[Used]) -> Used:
    """The sum of sums."""
    used = list(used)
    amounts = {
        kind: Amount(sum(getattr(each, kind).known for each in used), sum(getattr(each, kind).unknown for each in used))
        for kind in KINDS
    }
    return Used(sum(each.call_count for each in used), sum(each.failed_count for each in used), **amounts)


def rows(scope: Scope) -> QuerySet[UsageDay]:
    """What the sums are made of, in order: for a table that programs read."""
    return scope.rows_of_people().order_by("day", "person_code", "model_name", "kind", "upstream")


def of_conversation(conversation: Conversation) -> dict[str, Used]:
    """What a conversation has used, by model: over all its replies, shown or not."""
    calls = ended().filter(turn__conversation=conversation)
    groups = calls.values("model_asked").annotate(**over_calls())
    return _most_first({group["model_asked"]: Used.of(group) for group in groups})


def today() -> dt.date:
    """The day of the organisation."""
    return clock.now().astimezone(clock.zone("")).date()


def counted_at() -> dt.datetime | None:
    """Calls that had ended by then are in the sums."""
    return UsageHead.objects.filter(pk=ONLY).values_list("counted_at", flat=True).first()


def months_used() -> list[dt.date]:
    """The first days of the months from the first use on, the newest first."""
    first = UsageDay.objects.order_by("day").values_list("day", flat=True).first() or today()
    month = today().replace(day=1)
    found: list[dt.date] = []
    while month >= first.replace(day=1) and len(found) < _NEWEST_MONTHS:
        found.append(month)
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return found


def _by(scope: Scope, name: str) -> dict[Any, Used]:
    return {group[name]: Used.of(group) for group in scope.rows().values(name).annotate(**over_days())}


def _most_first(found: dict[Any, Used]) -> dict[Any, Used]:
    return dict(sorted(found.items(), key=lambda each: (-each[1].tokens, each[0])))
