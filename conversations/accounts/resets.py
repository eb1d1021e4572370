"""Ways back in for people who forgot their password: a link from an administrator, good for one new password."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from conversations import clock, notices
from conversations.models import AuditEntry, NoticeKind, ResetLink, User

from .people import end_access


def issue_reset(actor: User, person: User) -> str:
    """Make a link for a person and return its token; links made before do not work any more."""
    with transaction.atomic():
        ResetLink.objects.filter(person=person).usable().update(revoked_at=clock.now())
        _link, token = ResetLink.issue(actor, person=person)
        AuditEntry.write(actor, "person.reset_link", person.code)
    return token


def person_of_reset(token: str) -> User | None:
    """The person whose password a link may change, while it may."""
    link = _usable(token)
    return link.person if link else None


def set_password(token: str, password: str) -> User | None:
    """Set a new password by a link; None when it does not work any more. Raises ValidationError for a weak one.

    All sessions of the person end with the old password.
    """
    with transaction.atomic():
        link = _usable(token)
        if link is None:
            return None
        validate_password(password, link.person)
        if not link.use():
            return None
        person = link.person
        person.set_password(password)
        person.save(update_fields=["password"])
        AuditEntry.write(person, "person.password_reset", person.code, after={"link": str(link.code)})
        notices.tell(person, NoticeKind.PASSWORD_RESET)
        end_access(person)
    return person


def _usable(token: str) -> ResetLink | None:
    rows = ResetLink.objects.of_token(token).usable().filter(person__is_active=True)
    found: ResetLink | None = rows.select_related("person").first()
    return found
