"""Accounts made without a sign-up page: by the set-up link and at the terminal."""

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from conversations.defaults import ADMINISTRATOR, MEMBER, REVIEWER
from conversations.models import User

ROLES = (MEMBER, REVIEWER, ADMINISTRATOR)


def add_person(username: str, password: str, role: str) -> User:
    """Add a person who holds `role` and, whatever it is, is a member.

    Raises ValidationError for a name that is taken or cannot be one, and for a weak password.
    """
    person = User(username=User.normalize_username(username), is_staff=role != MEMBER)
    person.full_clean(exclude=["password"])
    validate_password(password, person)
    person.set_password(password)
    with transaction.atomic():
        person.save()
        person.groups.set(Group.objects.filter(name__in={MEMBER, role}))
    return person
