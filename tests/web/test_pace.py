"""A person whose texts were upheld several times is told so, slowed down with words, and robbed of nothing typed."""

from __future__ import annotations

import datetime as dt
import uuid
from http import HTTPStatus

import pytest
from django.test import Client

from conversations import clock
from conversations.models import Message, User
from tests import people

from .pages import HTMX, html, send, typed_text, words


@pytest.fixture
def slowed(alice: User) -> User:
    """Alice after three upheld cases of level 1, the last of which counted."""
    judge = people.reviewer()
    for _ in range(3):
        people.upheld(people.withheld(alice, level=1).reply, judge)
    return alice


def test_its_first_message_goes_and_the_second_waits_a_minute(at_alice: Client, slowed: User) -> None:
    assert send(at_alice, uuid.uuid4(), "One").status_code in (HTTPStatus.OK, HTTPStatus.SEE_OTHER)
    code, asked = uuid.uuid4(), Message.objects.count()
    refused = send(at_alice, code, "Two")
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 50 <= int(refused["Retry-After"]) <= 60
    assert "After several withheld texts you can send only one message a while. Nothing was sent" in words(refused)
    assert typed_text(refused) == "Two"
    assert Message.objects.count() == asked


def test_a_page_with_script_is_told_the_same(at_alice: Client, slowed: User) -> None:
    send(at_alice, uuid.uuid4(), "One")
    refused = send(at_alice, uuid.uuid4(), "Two", headers=HTMX)
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "failure" in html(refused)
    assert "try again in" in words(refused)


def test_it_is_told_why_and_until_when(at_alice: Client, slowed: User) -> None:
    told = words(at_alice.get("/notices/"))
    assert "After several withheld questions you can ask once in 60 seconds, until" in told


def test_after_a_minute_the_next_one_goes(at_alice: Client, slowed: User, monkeypatch: pytest.MonkeyPatch) -> None:
    send(at_alice, uuid.uuid4(), "One")
    later = clock.now() + dt.timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert send(at_alice, uuid.uuid4(), "Two").status_code in (HTTPStatus.OK, HTTPStatus.SEE_OTHER)


def test_it_is_told_in_its_language(at_alice: Client, slowed: User) -> None:
    send(at_alice, uuid.uuid4(), "One")
    told = words(send(at_alice, uuid.uuid4(), "Two", headers={"Accept-Language": "zh-hans"}))
    assert "没有发送任何内容" in told


def test_others_are_not_slowed(at_bob: Client, slowed: User) -> None:
    for text in ("One", "Two"):
        assert send(at_bob, uuid.uuid4(), text).status_code in (HTTPStatus.OK, HTTPStatus.SEE_OTHER)
