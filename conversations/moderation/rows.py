"""Cases as the desk lists them, with what belongs to each, for a whole page in a handful of queries."""

from __future__ import annotations

import uuid
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models

from conversations.models import CaseState, Flag, ReviewCase, Turn, User, WordList

from . import reviewers
from .queue import queue

BESIDE = 12


@dataclass(frozen=True, slots=True)
class FlagFacts:
    """One flag without its words; `list_name` is that of the word list, "" when it is gone or there was none."""

    source: str
    role: str
    level: int | None
    list_name: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case of the queue for one reviewer. `holder` is who has claimed, proposed or decided it, `alike` counts other
    undecided cases of the same text and kind, `model_name` is "" when nobody knows it any more."""

    case: ReviewCase
    flags: tuple[FlagFacts, ...]
    holder: str
    alike: int
    model_name: str
    is_own: bool
    is_mine: bool

    @property
    def version(self) -> str:
        """Two drawings of one version look the same but for times that go on."""
        case = self.case
        facts = (case.state, case.claimed_by, case.claimed_until, case.proposed_by, case.decided_at, case.announced_at)
        return f"{zlib.crc32(repr((facts, case.level, case.due_at, case.reason_code, self.alike)).encode()):08x}"


def rows_of(cases: Iterable[ReviewCase], actor: User) -> list[CaseRow]:
    found = list(cases)
    flags, holders, alike, models_ = _flags(found), _holders(found), _alike(found), _models(found)
    return [
        CaseRow(
            case=case,
            flags=tuple(flags[case.pk]),
            holder=holders.get(reviewers.holder_of(case), ""),
            alike=max(0, alike.get(_kind(case), 0) - (not case.is_decided)),
            model_name=models_.get(case.message_code, ""),
            is_own=case.person_code == actor.code,
            is_mine=case.state == CaseState.CLAIMED and case.claimed_by == actor.code,
        )
        for case in found
    ]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A case of the list beside the one that is open; `key` is the key that leads there from it."""

    row: CaseRow
    is_current: bool
    key: str


def beside(case: ReviewCase, actor: User) -> list[Neighbour]:
    """The most urgent cases, and the open one among them if it is undecided; own ones cannot be opened from here."""
    cases = list(queue(actor).exclude(person_code=actor.code)[:BESIDE])
    if case not in cases and not case.is_decided:
        cases = [*cases[: BESIDE - 1], case]
    cases.sort(key=lambda each: (each.due_at, each.pk))
    here = cases.index(case) if case in cases else -1
    keys = {here + 1: "j J", here - 1: "k K"} if here >= 0 else {0: "j J"}
    rows = rows_of(cases, actor)
    return [Neighbour(row, n == here, keys.get(n, "")) for n, row in enumerate(rows)]


def flags_of(flags: Sequence[Flag]) -> list[FlagFacts]:
    """Flags with the names of their word lists."""
    codes = {flag.detail["list"] for flag in flags if "list" in flag.detail}
    names = dict(WordList.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    named = {str(code): name for code, name in names.items()}
    return [
        FlagFacts(
            flag.source,
            flag.role,
            flag.level,
            named.get(flag.detail.get("list", ""), ""),
            flag.detail.get("reason_code", ""),
        )
        for flag in flags
    ]


def _flags(cases: Sequence[ReviewCase]) -> dict[int, list[FlagFacts]]:
    rows = list(Flag.objects.filter(case__in=[case.pk for case in cases]).order_by("pk"))
    found: dict[int, list[FlagFacts]] = defaultdict(list)
    for row, facts in zip(rows, flags_of(rows), strict=True):
        found[row.case_id].append(facts)  # type: ignore[index]
    return found


def _holders(cases: Sequence[ReviewCase]) -> dict[uuid.UUID | None, str]:
    codes = {holder for case in cases if (holder := reviewers.holder_of(case))}
    return dict(User.objects.filter(code__in=codes).values_list("code", "username")) if codes else {}


def _kind(case: ReviewCase) -> tuple[str, str, int | None]:
    return case.likeness, case.source, case.level


def _alike(cases: Sequence[ReviewCase]) -> Counter[tuple[str, str, int | None]]:
    likenesses = {case.likeness for case in cases if case.likeness}
    if not likenesses:
        return Counter()
    same = ReviewCase.objects.filter(likeness__in=likenesses).undecided().order_by()
    counted = same.values_list("likeness", "source", "level").annotate(models.Count("pk"))
    return Counter({(likeness, source, level): count for likeness, source, level, count in counted})


def _models(cases: Sequence[ReviewCase]) -> dict[uuid.UUID, str]:
    """Of a reply the model that wrote it, of a question the one that it was last put to."""
    codes = [case.message_code for case in cases]
    turns = Turn.objects.order_by("pk")
    asked = turns.filter(question__code__in=codes).values_list("question__code", "model_name")
    answered = turns.filter(reply__code__in=codes).values_list("reply__code", "model_name")
    return dict(asked) | dict(answered)
