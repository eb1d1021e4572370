"""Pictures of a case: out of focus until a reviewer wants to see one, which is written down for each."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import transaction

from conversations.models import Act, Picture, ReviewCase, ReviewEvent, User

from . import desk, reviewers
from .desk import Surroundings
from .steps import record


def show_pictures(case: ReviewCase, actor: User, wanted: Collection[uuid.UUID] | None = None) -> Surroundings:
    """Let somebody see pictures of a case, all of them without `wanted`, beside the text that they came with. What is
    none of the case's is passed over."""
    reviewers.check(case, actor)
    with transaction.atomic():
        if not _texts_shown(case, actor):
            desk.show_text(case, actor)
        shown = desk.surroundings(case)
        for code in _codes(shown):
            if wanted is None or code in wanted:
                record(case, actor, Act.PICTURE_SEEN, picture=code)
    return shown


def pictures_seen(case: ReviewCase, actor: User) -> set[uuid.UUID]:
    """The pictures that somebody wanted to see since the text was shown to them last."""
    since = max(_texts_shown(case, actor), default=0)
    rows = ReviewEvent.objects.filter(case=case, actor_code=actor.code, act=Act.PICTURE_SEEN, pk__gt=since)
    return {code for code in rows.values_list("picture_code", flat=True) if code is not None}


def picture_of(case: ReviewCase, actor: User, code: uuid.UUID, *, out_of_focus: bool) -> Picture | None:
    """A picture of a case, for who may look at it: in focus only if it was shown to them. Also one whose owner has
    deleted it: the case holds it. None for whoever may not, for another case's, and for one that is gone."""
    if not reviewers.may_look(case, actor) or not _texts_shown(case, actor):
        return None
    if not out_of_focus and code not in pictures_seen(case, actor):
        return None
    if code not in _codes(desk.surroundings(case)):
        return None
    return Picture.objects.filter(code=code, owner__code=case.person_code).first()


def _codes(shown: Surroundings) -> set[uuid.UUID]:
    return {picture.code for picture in shown.pictures}


def _texts_shown(case: ReviewCase, actor: User) -> list[int]:
    rows = ReviewEvent.objects.filter(case=case, actor_code=actor.code, act=Act.TEXT_SHOWN)
    return list(rows.values_list("pk", flat=True))
