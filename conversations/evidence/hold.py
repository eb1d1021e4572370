"""The keys of what was sealed: put under a new master key, or shredded when a hold ends."""

from __future__ import annotations

import uuid

from django.db import connection
from django.db.models import QuerySet

from conversations.crypto import KeyRing
from conversations.models import EvidenceKind, EvidencePayload, PictureHold, User

from .record import add, recording

AT_ONCE = 500


def end_hold(case_code: uuid.UUID, actor: User, reason: str) -> int:
    """Make what was sealed about a case unreadable; the chain stays whole and says who wanted that and why. Its
    pictures are kept for nobody any more."""
    with recording():
        PictureHold.objects.filter(case_code=case_code).delete()
        add(EvidenceKind.HOLD_ENDED, case_code, {"by": actor.code, "reason": reason})
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA secure_delete = ON")  # zeros where the key was
        return EvidencePayload.objects.filter(entry__case_code=case_code).update(data_key=None)


def relock(keys: KeyRing) -> int:
    """Put every data key under the newest master key, those too that are sealed meanwhile; how many there are."""
    done, last = 0, 0
    while rows := list(_locked().filter(pk__gt=last).order_by("pk").values_list("pk", "data_key")[:AT_ONCE]):
        for pk, data_key in rows:
            done += _locked().filter(pk=pk, data_key=data_key).update(data_key=keys.relock(bytes(data_key or b"")))
        last = rows[-1][0]
    return done


def _locked() -> QuerySet[EvidencePayload]:
    return EvidencePayload.objects.exclude(data_key=None)
