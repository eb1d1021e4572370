"""Who is at the other end of a socket, from the cookies it came with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest, parse_cookie
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare

from conversations import clock
from conversations.crypto import session_hash
from conversations.models import User


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a socket remembers of its person."""

    pk: int
    code: str
    session_key: str
    language: str
    zone: ZoneInfo = field(default_factory=partial(clock.zone, ""))
    is_reviewer: bool = False

    @contextmanager
    def seeing(self) -> Iterator[None]:
        """Draw for this person: words in their language, times in their zone."""
        with translation.override(self.language), timezone.override(self.zone):
            yield

    @property
    def session_hash(self) -> str:
        return session_hash(self.session_key)


def visitor_of(scope: Mapping[str, Any]) -> Visitor | None:
    """The signed-in, active person behind a socket's cookies."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    cookies = parse_cookie(headers.get(b"cookie", ""))
    key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    person = person_of(key)
    if person is None:
        return None
    language = person.language or _language(headers, cookies)
    zone, is_reviewer = clock.zone(person.time_zone), person.is_staff and person.is_reviewer
    return Visitor(person.pk, str(person.code), key, language, zone, is_reviewer)


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
