"""Sessions of the site: found while they are valid."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from chatsite.sessions import SessionStore

pytestmark = pytest.mark.django_db


def stored() -> str:
    session = SessionStore()
    session["said"] = "hello"
    session.create()
    return str(session.session_key)


def test_a_session_is_read_back() -> None:
    assert SessionStore(stored())["said"] == "hello"


def test_an_expired_session_is_empty() -> None:
    key = stored()
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    session = SessionStore(key)
    assert session.get("said") is None
    assert session.session_key is None


def test_a_session_that_never_was_is_empty() -> None:
    session = SessionStore("a" * 32)
    assert session.get("said") is None
    assert session.session_key is None
