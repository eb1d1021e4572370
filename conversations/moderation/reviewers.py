"""Who may decide. Asked anew at every act: a role can end in the middle of a case."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import Permission
from django.db import models

from conversations.models import CaseState, Policy, ReviewCase, User

from .errors import NotAReviewer, OwnCase, ReviewError

RIGHT = "conversations.review"


def check(case: ReviewCase, actor: User) -> bool:
    """Refuse who may not act on this case; True when the person reviews their own, as the only one who could."""
    if not may_review(actor):
        raise NotAReviewer
    if case.person_code != actor.code:
        return False
    if not is_alone(actor):
        raise OwnCase
    return True


def may_look(case: ReviewCase, actor: User) -> bool:
    """Whether `check` would let the person act on this case."""
    try:
        check(case, actor)
    except ReviewError:
        return False
    return True


def may_review(actor: User) -> bool:
    """Whether the person is a reviewer at this moment, whatever the object at hand remembers."""
    person = User.objects.filter(pk=actor.pk, is_active=True).first()
    return person is not None and person.has_perm(RIGHT)


def holder_of(case: ReviewCase) -> uuid.UUID | None:
    """Whoever has claimed, proposed or decided it, whichever is so now."""
    if case.is_decided:
        return case.decided_by
    return case.proposed_by if case.state == CaseState.PROPOSED else case.claimed_by


def name_of(code: uuid.UUID | None) -> str:
    """How reviewers call each other; "" for nobody."""
    found = User.objects.filter(code=code).values_list("username", flat=True).first() if code else ""
    return found or ""


def is_alone(actor: User) -> bool:
    """Whether this is a one-person site by policy and in fact."""
    return Policy.current().solo and not reviewers().exclude(pk=actor.pk).exists()


def reviewers() -> models.QuerySet[User]:
    """All who may review now."""
    app, codename = RIGHT.split(".")
    right = Permission.objects.filter(content_type__app_label=app, codename=codename)
    holds = models.Q(groups__permissions__in=right) | models.Q(user_permissions__in=right) | models.Q(is_superuser=True)
    return User.objects.filter(holds, is_active=True).distinct()
