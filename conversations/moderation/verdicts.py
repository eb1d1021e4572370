"""Verdicts: by a reviewer, by a second one where the rules ask for that, taken back within a minute, then announced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import models

from conversations import broadcast, clock, evidence, notices, sweeping
from conversations.models import (
    Act,
    CaseState,
    EvidenceKind,
    FlagSource,
    NoticeKind,
    ReasonUse,
    ReviewCase,
    User,
)
from conversations.models.kept import kept

from . import desk, pace, reviewers, withdrawal
from .cases import UNDECIDED
from .claims import claim_end, take
from .errors import Decided, NotYours, ReviewError, Taken, TooLate
from .reasons import must_be_offered
from .steps import record, step

ACTS = {CaseState.RELEASED: Act.RELEASED, CaseState.UPHELD: Act.UPHELD}
USES = {CaseState.RELEASED: ReasonUse.RELEASE, CaseState.UPHELD: ReasonUse.UPHOLD}


def release(case: ReviewCase, actor: User, reason_code: str, note: str = "") -> bool:
    """Give the text back, once announced; False when that is only proposed and a second person must agree."""
    return _decide(case, actor, CaseState.RELEASED, reason_code, note)


def uphold(case: ReviewCase, actor: User, reason_code: str, note: str = "") -> bool:
    """The text stays withdrawn for good, or is withdrawn now if it was only marked. Always True: nobody need agree."""
    return _decide(case, actor, CaseState.UPHELD, reason_code, note)


def release_alike(case: ReviewCase, actor: User, reason_code: str, note: str = "") -> dict[ReviewCase, str]:
    """The same verdict for the case and all that are like it, which is refused where it would be for the case alone.

    For each what became of it: "decided", "proposed", or the name of the error that stood in the way of this one.
    """
    return _decide_alike(release, case, actor, reason_code, note)


def uphold_alike(case: ReviewCase, actor: User, reason_code: str, note: str = "") -> dict[ReviewCase, str]:
    return _decide_alike(uphold, case, actor, reason_code, note)


def send_back(case: ReviewCase, actor: User, note: str = "") -> None:
    """A proposal is not agreed to, or withdrawn: the case is with whoever proposed it again."""
    with evidence.recording():
        case.refresh_from_db()
        reviewers.check(case, actor)
        if case.state != CaseState.PROPOSED:
            raise Decided if case.is_decided else NotYours
        facts: dict[str, Any] = {"claimed_by": case.proposed_by, "claimed_until": claim_end(), "proposed_by": None}
        if not step(case, actor, CaseState.CLAIMED, Act.SENT_BACK, note=note, reason_code="", **facts):
            raise Decided


def undo(case: ReviewCase, actor: User) -> None:
    """Take a verdict back while nobody but reviewers knows of it; the case is the actor's again."""
    with evidence.recording():
        case.refresh_from_db()
        reviewers.check(case, actor)
        if not case.is_decided or case.decided_by != actor.code:
            raise NotYours
        if not step(case, actor, CaseState.OPEN, Act.UNDONE, guard=models.Q(announced_at=None), **UNDECIDED):
            raise TooLate
        evidence.add(EvidenceKind.REOPENED, case.code, {"by": actor.code, "undone": True})
        take(case, actor)


def reopen(case: ReviewCase, actor: User, note: str) -> None:
    """Look again at what was decided: its text is withheld until the next verdict."""
    with evidence.recording():
        case.refresh_from_db()
        reviewers.check(case, actor)
        message = withdrawal.message_of(case)
        if not case.is_decided or not step(case, actor, CaseState.OPEN, Act.REOPENED, note=note, **UNDECIDED):
            raise NotYours
        evidence.add(EvidenceKind.REOPENED, case.code, {"by": actor.code, "note": note})
        if message is not None:
            withdrawal.take_back(message)
            broadcast.conversation_moved(message.conversation)


def announce_due() -> int:
    """Act on every verdict whose time to be taken back is over; how many there were."""
    return sweeping.count(announce, kept(_to_announce, clock.now()))


def _to_announce(now: dt.datetime) -> models.QuerySet[ReviewCase]:
    return ReviewCase.objects.to_announce(now)


def announce(case: ReviewCase) -> bool:
    """Do what was decided and tell the author; False when somebody else did, or took the verdict back."""
    with evidence.recording():
        message = withdrawal.message_of(case)  # locks the conversation first, as every other change of it does
        now = clock.now()
        unannounced = ReviewCase.objects.filter(pk=case.pk, state=case.state, decided_at=case.decided_at)
        if not case.is_decided or not unannounced.filter(announced_at=None).update(announced_at=now):
            return False
        case.announced_at = now
        record(case, None, Act.ANNOUNCED)
        broadcast.queue_moved()
        if message is not None:
            change = withdrawal.give_back if case.state == CaseState.RELEASED else withdrawal.remove
            change(message, case.reason_code)
            broadcast.conversation_moved(message.conversation)
        _tell(case)
        pace.after(case)
    return True


def _decide(case: ReviewCase, actor: User, verdict: CaseState, reason_code: str, note: str) -> bool:
    with evidence.recording():
        case.refresh_from_db()
        is_own = reviewers.check(case, actor)
        take(case, actor)
        if case.state == CaseState.PROPOSED:
            reason_code = reason_code or case.reason_code
        must_be_offered(reason_code, USES[verdict])
        # Where one person is alone there is no second; the record says that they judged themselves.
        if verdict == CaseState.RELEASED and case.needs_second and case.state != CaseState.PROPOSED and not is_own:
            return _propose(case, actor, reason_code, note)
        _decided(case, actor, verdict, is_own, reason_code, note)
    if case.announce_at is not None and case.announce_at <= clock.now():
        announce(case)
    return True


def _propose(case: ReviewCase, actor: User, reason_code: str, note: str) -> bool:
    facts = {"proposed_by": actor.code, "claimed_by": None, "claimed_until": None}
    _must(case, actor, CaseState.PROPOSED, Act.PROPOSED, reason_code, note, facts)
    return False


def _decided(case: ReviewCase, actor: User, verdict: CaseState, is_own: bool, reason_code: str, note: str) -> None:
    now = clock.now()
    facts = {
        "decided_by": actor.code,
        "decided_at": now,
        "announce_at": now + dt.timedelta(seconds=settings.CHATSITE_REVIEW_UNDO),
        "announced_at": None,
        "claimed_until": None,
        "is_self_reviewed": is_own,
    }
    _must(case, actor, verdict, ACTS[verdict], reason_code, note, facts)
    sealed = {"verdict": verdict, "by": actor.code, "proposed_by": case.proposed_by, "self_reviewed": is_own}
    evidence.add(EvidenceKind.DECIDED, case.code, {**sealed, "reason_code": reason_code, "note": note})


def _must(
    case: ReviewCase, actor: User, to: CaseState, act: Act, reason_code: str, note: str, facts: dict[str, Any]
) -> None:
    """The step, which nobody else may have taken meanwhile."""
    is_proposed = case.state == CaseState.PROPOSED
    holder = models.Q(proposed_by=case.proposed_by) if is_proposed else models.Q(claimed_by=actor.code)
    if not step(case, actor, to, act, guard=holder, reason_code=reason_code, note=note, **facts):
        case.refresh_from_db()
        raise Decided if case.is_decided else Taken(case.claimed_by, case.claimed_until)
    ReviewCase.objects.filter(pk=case.pk).update(reason_code=reason_code, note=note)
    case.reason_code, case.note = reason_code, note


def _decide_alike(
    verdict: Callable[[ReviewCase, User, str, str], bool], case: ReviewCase, actor: User, reason_code: str, note: str
) -> dict[ReviewCase, str]:
    others = desk.alike(case, actor)
    outcomes = {case: _outcome(verdict(case, actor, reason_code, note))}
    for each in others:
        try:
            outcomes[each] = _outcome(verdict(each, actor, reason_code, note))
        except ReviewError as error:
            outcomes[each] = type(error).__name__
    return outcomes


def _outcome(is_decided: bool) -> str:
    return "decided" if is_decided else "proposed"


def _tell(case: ReviewCase) -> None:
    """The author learns the outcome. Of a sample that was found clean there is nothing to tell."""
    is_released = case.state == CaseState.RELEASED
    person = User.objects.filter(code=case.person_code, is_active=True).first()
    if person is None or (is_released and case.source == FlagSource.SAMPLE):
        return
    kind = NoticeKind.RELEASED if is_released else NoticeKind.UPHELD
    facts = {"conversation": str(case.conversation_code), "message": str(case.message_code), "role": case.role}
    notices.tell(person, kind, **facts, reason_code=case.reason_code)
