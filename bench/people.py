"""People who are signed in: `python -m bench.people 200` makes them in the data directory of the environment.

Prints one Cookie header a line. Signing in by the page would measure the password's hash, and be throttled.
"""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.auth.models import Group  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402

from bench.systems.product import CSRF  # noqa: E402
from conversations.models import User  # noqa: E402


def session_of(person: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@transaction.atomic
def make(count: int) -> list[str]:
    password = make_password(None)
    members = Group.objects.get(name="member")
    people = [User(username=f"person{number}", password=password) for number in range(count)]
    for person in people:
        person.save()
        person.groups.add(members)
    return [session_of(person) for person in people]


if __name__ == "__main__":
    for key in make(int(sys.argv[1])):
        print(f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={CSRF}")
