"""Who is at the other end of a socket, from the cookies it came with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest, parse_cookie
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare

from conversations.models import User

SIGNED_OUT = 4401
FORBIDDEN = 4403
MISSING = 4404


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a socket remembers of its person."""

    pk: int
    code: str
    session_key: str
    language: str

    @property
    def session_hash(self) -> str:
        return session_hash(self.session_key)


def session_hash(key: str) -> str:
    """The name of a session in groups: the key itself is as good as a password."""
    return hashlib.sha256(key.encode()).hexdigest()


def visitor_of(scope: Mapping[str, Any]) -> Visitor | None:
    """The signed-in, active person behind a socket's cookies."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    cookies = parse_cookie(headers.get(b"cookie", ""))
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    person = person_of(key)
    if person is None:
        return None
    return Visitor(person.pk, str(person.code), key, person.language or _language(headers, cookies))


def person_of(session_key: str) -> User | None:
    """The person of a session that is valid now."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = _session_store(session_key)
    person = get_user(request)
    return person if isinstance(person, User) else None


def still_valid(visitors: Sequence[Visitor]) -> set[str]:
    """Of these visitors the session keys that still are what they were: alive, active, and of the same password."""
    keys = {visitor.session_key for visitor in visitors}
    people = User.objects.filter(pk__in={visitor.pk for visitor in visitors}, is_active=True).in_bulk()
    rows = Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    return {row.pk for row in rows if _belongs(row.get_decoded(), people)}


def _belongs(data: Mapping[str, Any], people: Mapping[int, User]) -> bool:
    person = people.get(int(data.get(SESSION_KEY, 0)))
    return person is not None and constant_time_compare(data.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())


def _session_store(key: str) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def _language(headers: Mapping[Any, str], cookies: Mapping[str, str]) -> str:
    request = HttpRequest()
    request.COOKIES = dict(cookies)
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", "")
    return translation.get_language_from_request(request)
