"""A slower pace for whoever had several bad texts upheld in a short time."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from conversations import clock, notices
from conversations.models import CaseState, NoticeKind, ReviewCase, User

BAD = 1  # levels 0 and 1


class Slowed(Exception):
    """The person asks too fast for now: not before `again_at`, and so until `until`."""

    def __init__(self, again_at: dt.datetime, until: dt.datetime) -> None:
        super().__init__()
        self.again_at, self.until = again_at, until


def keep_pace(person: User) -> None:
    """Count a question of somebody who is slowed down, inside the transaction that asks it; nothing for others."""
    now = clock.now()
    if person.slowed_until is None or person.slowed_until <= now:
        return
    free = models.Q(next_question_at=None) | models.Q(next_question_at__lte=now)
    again_at = now + dt.timedelta(seconds=settings.CHATSITE_SLOW_PACE)
    if not User.objects.filter(free, pk=person.pk).update(next_question_at=again_at):
        asked = User.objects.values_list("next_question_at", flat=True).get(pk=person.pk)
        raise Slowed(asked or again_at, person.slowed_until)


def after(case: ReviewCase) -> None:
    """Slow the author of an upheld case down if it was one too many."""
    if case.state != CaseState.UPHELD or not settings.CHATSITE_SLOW_AFTER:
        return
    now = clock.now()
    since = now - dt.timedelta(seconds=settings.CHATSITE_SLOW_WINDOW)
    bad = ReviewCase.objects.filter(person_code=case.person_code, state=CaseState.UPHELD, level__lte=BAD)
    if bad.filter(announced_at__gte=since).count() < settings.CHATSITE_SLOW_AFTER:
        return
    until = now + dt.timedelta(seconds=settings.CHATSITE_SLOW_FOR)
    if User.objects.filter(code=case.person_code, is_active=True).update(slowed_until=until, next_question_at=None):
        person = User.objects.get(code=case.person_code)
        notices.tell(person, NoticeKind.SLOWED, until=until.isoformat(), seconds=settings.CHATSITE_SLOW_PACE)
