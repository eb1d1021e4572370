"""Invitations: made by administrators, accepted once by whoever has the link."""

from __future__ import annotations

from django.db import transaction

from conversations import notices
from conversations.models import AuditEntry, Invitation, NoticeKind, User

from .people import add_person


def invite(actor: User, role: str, email: str = "") -> str:
    """Make an invitation and return its token, which is told to nobody else. Of the address only that there is one is
    recorded."""
    with transaction.atomic():
        invitation, token = Invitation.issue(actor, role=role, email=email)
        after = {"role": role, "has_email": bool(email)}
        AuditEntry.write(actor, "invitation.made", invitation.code, after=after)
    return token


def withdraw(actor: User, invitation: Invitation) -> bool:
    """Take an invitation back; False when it was accepted or taken back before."""
    with transaction.atomic():
        if not invitation.revoke():
            return False
        AuditEntry.write(actor, "invitation.withdrawn", invitation.code)
    return True


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link leads to, while it can be accepted."""
    found: Invitation | None = Invitation.objects.of_token(token).usable().first()
    return found


def accept(token: str, username: str, password: str) -> User | None:
    """Make the account that an invitation is for; None when it cannot be accepted any more.

    Raises ValidationError for name or password, and the invitation stays. Of two people with one link the second finds
    it used.
    """
    with transaction.atomic():
        invitation = invitation_of(token)
        if invitation is None or not invitation.use():
            return None
        person = add_person(username, password, invitation.role, invitation.email)
        Invitation.objects.filter(pk=invitation.pk).update(accepted_by=person.code)
        AuditEntry.write(person, "invitation.accepted", invitation.code, after={"role": invitation.role})
        _tell(invitation, person)
    return person


def _tell(invitation: Invitation, person: User) -> None:
    host = User.objects.filter(code=invitation.made_by, is_active=True).first()
    if host is not None:
        notices.tell(host, NoticeKind.INVITATION_ACCEPTED, name=person.username, person=str(person.code))
