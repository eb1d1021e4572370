"""What is known of a case beside its text: for whoever decides, without a name of its author."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from conversations import clock
from conversations.models import (
    DECIDED,
    Act,
    CaseState,
    EvidenceEntry,
    Exposure,
    Flag,
    ReviewCase,
    ReviewEvent,
    Turn,
    UpstreamCall,
    User,
)

from . import desk, exposures, reviewers, rows
from .rows import FlagFacts

REPEATED = (Act.LOOKED, Act.PICTURE_SEEN)
MASK = 4  # hex digits that stand for a person


class Stand(enum.StrEnum):
    """How a case stands for one reviewer at this moment."""

    OPEN = "open"
    MINE = "mine"
    THEIRS = "theirs"
    TO_AGREE = "to_agree"
    PROPOSED = "proposed"
    MY_VERDICT = "my_verdict"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Standing:
    """`holder` is the name of whoever has claimed, proposed or decided; `until` is when a claim ends, or when a verdict
    that can still be taken back is announced."""

    stand: Stand
    holder: str = ""
    until: dt.datetime | None = None

    @property
    def may_decide(self) -> bool:
        return self.stand in (Stand.OPEN, Stand.MINE, Stand.TO_AGREE)

    @property
    def version(self) -> str:
        """Two drawings of one version look the same but for times that go on."""
        until = self.until.timestamp() if self.until else 0
        return f"{self.stand}-{zlib.crc32(self.holder.encode()):x}-{until:.0f}"


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """A flag with its words and the moment."""

    facts: FlagFacts
    words: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Event:
    """An event with the name of its actor; "" is the site itself. `count` looks in a row by the same person are one."""

    row: ReviewEvent
    actor: str
    is_self: bool
    count: int = 1


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All that the page of a case tells beside the text."""

    author: str
    author_sees: str
    earlier: dict[str, int]
    flags: tuple[RaisedFlag, ...]
    calls: tuple[UpstreamCall, ...]
    model_name: str
    seen: tuple[Exposure, ...]
    events: tuple[Event, ...]
    link: int | None
    length: int | None
    picture_count: int
    is_own: bool

    @property
    def facts(self) -> tuple[FlagFacts, ...]:
        return tuple(flag.facts for flag in self.flags)


@dataclass(frozen=True, slots=True)
class FreshVerdict:
    """A verdict on one case, or on several that are alike, that can still be taken back."""

    cases: tuple[ReviewCase, ...]

    @property
    def first(self) -> ReviewCase:
        return self.cases[-1]

    @property
    def others(self) -> int:
        return len(self.cases) - 1


def standing(case: ReviewCase, actor: User) -> Standing:
    name = reviewers.name_of(reviewers.holder_of(case))
    if case.is_decided:
        is_free = case.announced_at is None and case.announce_at is not None and case.announce_at > clock.now()
        is_mine = case.decided_by == actor.code and is_free
        return Standing(Stand.MY_VERDICT if is_mine else Stand.DECIDED, name, case.announce_at if is_free else None)
    if case.state == CaseState.PROPOSED:
        return Standing(Stand.PROPOSED if case.proposed_by == actor.code else Stand.TO_AGREE, name)
    if case.state == CaseState.CLAIMED and case.claimed_until is not None and case.claimed_until >= clock.now():
        return Standing(Stand.MINE if case.claimed_by == actor.code else Stand.THEIRS, name, case.claimed_until)
    return Standing(Stand.OPEN)


def case_file(case: ReviewCase, actor: User) -> CaseFile:
    turns = list(Turn.objects.filter(reply__code=case.message_code)[:1]) or list(
        Turn.objects.filter(question__code=case.message_code).order_by("-pk")[:1]
    )
    flags = list(case.flags.order_by("pk"))
    calls = _calls(turns, flags)
    return CaseFile(
        author=mask(case.person_code),
        author_sees=desk.author_sees(case),
        earlier=_earlier(case),
        flags=tuple(
            RaisedFlag(facts, flag.words, flag.raised_at)
            for flag, facts in zip(flags, rows.flags_of(flags), strict=True)
        ),
        calls=calls,
        model_name=turns[0].model_name if turns else next((call.model_asked for call in calls), ""),
        seen=tuple(exposures.exposures_of(case)),
        events=_events(case, actor),
        link=EvidenceEntry.objects.filter(case_code=case.code).order_by("-seq").values_list("seq", flat=True).first(),
        length=desk.length_of(case),
        picture_count=desk.picture_count_of(case),
        is_own=case.person_code == actor.code,
    )


def _earlier(case: ReviewCase) -> dict[str, int]:
    """Counts only; what is undecided is undecided, whoever is at it."""
    found = Counter[str]()
    for state, count in desk.earlier_cases(case).items():
        found[state if state in DECIDED else "undecided"] += count
    return dict(found)


def mask(code: uuid.UUID) -> str:
    """A name for somebody that tells nothing, and is the same in all their cases."""
    return code.hex[-MASK:]


def fresh_verdicts(actor: User) -> list[FreshVerdict]:
    """The person's verdicts that nobody but reviewers knows of yet, the latest first."""
    waiting = ReviewCase.objects.filter(announced_at__isnull=True, announce_at__gt=clock.now())
    mine = waiting.filter(decided_by=actor.code).order_by("-decided_at", "-pk")
    together = groupby(mine, key=lambda case: (case.state, case.likeness or case.pk, case.reason_code))
    return [FreshVerdict(tuple(cases)) for _, cases in together]


def _calls(turns: Sequence[Turn], flags: Sequence[Flag]) -> tuple[UpstreamCall, ...]:
    """The requests of the turn in question; without it those that the flags came on."""
    if turns:
        return tuple(UpstreamCall.objects.filter(turn_id=turns[0].pk).order_by("pk"))
    codes = [flag.call_code for flag in flags if flag.call_code]
    return tuple(UpstreamCall.objects.filter(code__in=codes).order_by("pk")) if codes else ()


def _events(case: ReviewCase, actor: User) -> tuple[Event, ...]:
    events = list(case.events.order_by("pk"))
    codes = {event.actor_code for event in events if event.actor_code}
    names: dict[Any, str] = dict(User.objects.filter(code__in=codes).values_list("code", "username"))
    found: list[Event] = []
    for row in events:
        again = found and row.act in REPEATED and found[-1].row.act == row.act
        if again and found[-1].row.actor_code == row.actor_code:
            found[-1] = Event(row, found[-1].actor, found[-1].is_self, found[-1].count + 1)
        else:
            found.append(Event(row, names.get(row.actor_code, ""), row.actor_code == actor.code))
    return tuple(found)
