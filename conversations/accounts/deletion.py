"""Deleting an account with all that its person wrote. Evidence, and what administrators did, stays."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password

from conversations import clock, evidence, moderation, retention
from conversations.models import AuditEntry, Draft, Invitation, Notice, TrayPicture, User

from .people import end_access, keep_an_administrator, taken

NAMELESS: dict[str, Any] = {
    "email": "",
    "first_name": "",
    "last_name": "",
    "default_model": "",
    "time_zone": "",
    "language": "",
    "is_active": False,
    "is_staff": False,
    "is_superuser": False,
    "slowed_until": None,
    "next_question_at": None,
}


def delete(actor: User, person: User, reason: str) -> bool:
    """Delete an account for good; False when it is already. Its code stays, for the record: the name is free again.

    Raises OwnAccount and LastAdministrator.
    """
    with evidence.recording():
        person = taken(actor, person)
        keep_an_administrator(person)
        nameless = {"username": f"deleted-{person.code}", "password": make_password(None), "erased_at": clock.now()}
        if not User.objects.filter(pk=person.pk, erased_at=None).update(**NAMELESS, **nameless):
            return False
        person.groups.clear()
        person.user_permissions.clear()
        moderation.give_back_all(person)
        count = retention.delete_all_of(person, actor, reason)
        Draft.objects.filter(person=person).delete()
        Notice.objects.filter(person=person).delete()
        TrayPicture.objects.filter(person=person).delete()
        Invitation.objects.filter(accepted_by=person.code).update(email="")
        person.reset_links.all().delete()
        person.presets.all().delete()
        person.characters.all().delete()
        AuditEntry.write(actor, "person.deleted", person.code, reason=reason, before={"conversations": count})
        end_access(person)
    return True
