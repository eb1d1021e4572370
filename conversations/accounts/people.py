"""People and their roles. Every change names its reason, tells the person, and closes the pages that are open."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from conversations import broadcast, moderation, notices
from conversations.broadcast import SIGNED_OUT, AccessEnded
from conversations.defaults import ADMINISTRATOR, MEMBER, REVIEWER
from conversations.models import AuditEntry, NoticeKind, User

ROLES = (MEMBER, REVIEWER, ADMINISTRATOR)


class AccountError(Exception):
    """A change that is refused; nothing was stored.

    AccountError
     ├── OwnAccount         nobody takes rights from themselves, or gives them
     └── LastAdministrator  somebody must be able to administer the site
    """


class OwnAccount(AccountError):
    """Nobody takes rights from themselves, or gives them."""


class LastAdministrator(AccountError):
    """Somebody must be able to administer the site."""


def add_person(username: str, password: str, role: str, email: str = "") -> User:
    """Add a person who holds `role` and, whatever it is, is a member.

    Raises ValidationError for a name that is taken or cannot be one, and for a weak password.
    """
    person = User(username=User.normalize_username(username), email=email, is_staff=role != MEMBER)
    person.full_clean(exclude=["password"])
    validate_password(password, person)
    person.set_password(password)
    with transaction.atomic():
        person.save()
        person.groups.set(Group.objects.filter(name__in={MEMBER, role}))
    return person


def roles_of(person: User) -> list[str]:
    """The least first."""
    held = {group.name for group in person.groups.all()}
    return [role for role in ROLES if role in held]


def change_roles(actor: User, person: User, roles: Collection[str], reason: str) -> bool:
    """Give a person exactly these roles, and that of a member; False when that is what they have."""
    wanted = [role for role in ROLES if role == MEMBER or role in roles]
    with transaction.atomic():
        person = taken(actor, person)
        before = roles_of(person)
        if wanted == before:
            return False
        if ADMINISTRATOR not in wanted:
            keep_an_administrator(person)
        person.groups.set(Group.objects.filter(name__in=wanted))
        User.objects.filter(pk=person.pk).update(is_staff=wanted != [MEMBER] or person.is_superuser)
        _record(actor, "person.roles", person, reason, before={"roles": before}, after={"roles": wanted})
        notices.tell(person, NoticeKind.ROLE_CHANGED, before=before, after=wanted)
        _give_back_cases(person)
        end_access(person)
    return True


def close(actor: User, person: User, reason: str) -> bool:
    """Shut a person out, at once and everywhere; what they wrote stays. False when they are out already."""
    with transaction.atomic():
        person = taken(actor, person)
        keep_an_administrator(person)
        return _switch(actor, person, reason, "person.closed", is_active=False)


def reopen(actor: User, person: User, reason: str) -> bool:
    """Let a person in again, with the roles that they had; False when they are not shut out."""
    with transaction.atomic():
        return _switch(actor, taken(actor, person), reason, "person.reopened", is_active=True)


def end_access(person: User) -> None:
    """Once the transaction is committed, close the person's open pages; they come back where they still may."""
    ended = AccessEnded(broadcast.person_group(person.code), SIGNED_OUT)
    transaction.on_commit(lambda: broadcast.publish(ended))


def name_of(code: Any) -> str:
    """The name of the person with that code, for records that keep codes; "" when there is none."""
    return User.objects.filter(code=code).values_list("username", flat=True).first() or ""


def names_of(codes: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """The same of many, in one query; those that there are."""
    return dict(User.objects.filter(code__in={code for code in codes if code}).values_list("code", "username"))


def taken(actor: User, person: User) -> User:
    """The person as they are now. Changes of rights take turns: two administrators may be demoting each other."""
    Group.objects.select_for_update().get(name=ADMINISTRATOR)
    if actor.pk == person.pk:
        raise OwnAccount
    return User.objects.prefetch_related("groups").get(pk=person.pk)


def keep_an_administrator(person: User) -> None:
    others = User.objects.filter(is_active=True, groups__name=ADMINISTRATOR).exclude(pk=person.pk)
    if ADMINISTRATOR in roles_of(person) and not others.exists():
        raise LastAdministrator


def _switch(actor: User, person: User, reason: str, action: str, *, is_active: bool) -> bool:
    rows = User.objects.filter(pk=person.pk, is_active=not is_active, erased_at=None)
    if not rows.update(is_active=is_active):
        return False
    _record(actor, action, person, reason, before={"is_active": not is_active}, after={"is_active": is_active})
    _give_back_cases(person)
    end_access(person)
    return True


def _give_back_cases(person: User) -> None:
    """What somebody had claimed who may not review any more is for others at once."""
    if not moderation.may_review(person):
        moderation.give_back_all(person)


def _record(actor: User, action: str, person: User, reason: str, **changes: dict[str, Any]) -> None:
    AuditEntry.write(actor, action, person.code, reason=reason, **changes)
