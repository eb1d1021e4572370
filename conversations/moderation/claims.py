"""Claims: a case is with one reviewer at a time, for as long as they are at it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models, transaction

from conversations import clock, sweeping
from conversations.models import Act, CaseState, ReviewCase, User

from . import reviewers
from .errors import Decided, NotYours, SamePerson, Taken
from .steps import step

NOBODY: dict[str, Any] = {"claimed_by": None, "claimed_until": None}


def claim(case: ReviewCase, actor: User) -> None:
    """Take a case, or keep it for longer. One that waits for a second person needs no claim."""
    with transaction.atomic():
        case.refresh_from_db()
        reviewers.check(case, actor)
        take(case, actor)


def touch(case: ReviewCase, actor: User) -> None:
    """The reviewer is still at it. Raises NotYours when the claim has ended."""
    if not ReviewCase.objects.held_by(actor.code).filter(pk=case.pk).update(claimed_until=claim_end()):
        raise NotYours


def give_back(case: ReviewCase, actor: User) -> None:
    with transaction.atomic():
        case.refresh_from_db()
        mine = models.Q(claimed_by=actor.code)
        if case.state != CaseState.CLAIMED or not step(
            case, actor, CaseState.OPEN, Act.GIVEN_BACK, guard=mine, **NOBODY
        ):
            raise NotYours


def give_back_all(actor: User) -> int:
    """What somebody had claimed who may not review any more; how many cases that were."""
    with transaction.atomic():
        held = list(ReviewCase.objects.held_by(actor.code))
        return sum(step(case, None, CaseState.OPEN, Act.GIVEN_BACK, **NOBODY) for case in held)


def expire_claims() -> int:
    """Open again what its reviewers forgot; how many cases that were."""
    return sweeping.count(_expire, list(ReviewCase.objects.forgotten(clock.now())))


def take(case: ReviewCase, actor: User) -> None:
    """Make the case the actor's if it is anybody's to take; inside a transaction, on a fresh row."""
    if case.is_decided:
        raise Decided
    if case.state == CaseState.PROPOSED:
        if case.proposed_by == actor.code:
            raise SamePerson
        return
    if case.state == CaseState.CLAIMED and case.claimed_by != actor.code:
        if case.claimed_until is not None and case.claimed_until >= clock.now():
            raise Taken(case.claimed_by, case.claimed_until)
        _expire(case)
    if case.state == CaseState.CLAIMED:
        touch(case, actor)
    elif not step(
        case, actor, CaseState.CLAIMED, Act.CLAIMED, claimed_by=actor.code, claimed_until=claim_end(), proposed_by=None
    ):
        case.refresh_from_db()
        raise Taken(case.claimed_by, case.claimed_until)


def claim_end() -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=settings.CHATSITE_REVIEW_CLAIM)


def _expire(case: ReviewCase) -> bool:
    """Guarded by the end that was seen: who is just extending the claim keeps it."""
    with transaction.atomic():
        seen = models.Q(claimed_until=case.claimed_until)
        return step(case, None, CaseState.OPEN, Act.EXPIRED, guard=seen, **NOBODY)
