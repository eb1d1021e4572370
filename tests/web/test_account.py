"""Signing in and out, and what closes open pages."""

import hashlib
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from conversations import broadcast
from conversations.broadcast import AccessEnded
from conversations.models import User
from conversations.web import ends
from tests.people import person

from .pages import words

PASSWORD = "a good password"


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    events: list[Any] = []
    monkeypatch.setattr(broadcast, "publish", events.append)
    return events


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/accounts/login/", {"login": name, "password": password, **more})


def test_the_right_password_opens_the_site(at_stranger: Client, alice: User) -> None:
    assert sign_in(at_stranger, "alice")["Location"] == "/"
    assert at_stranger.get("/").status_code == HTTPStatus.OK


def test_capitals_of_the_name_do_not_matter(at_stranger: Client, alice: User) -> None:
    assert sign_in(at_stranger, "ALICE")["Location"] == "/"


def test_after_signing_in_the_wanted_page_follows(at_stranger: Client, alice: User) -> None:
    assert sign_in(at_stranger, "alice", next="/conversations/")["Location"] == "/conversations/"


def test_a_foreign_page_never_follows(at_stranger: Client, alice: User) -> None:
    assert sign_in(at_stranger, "alice", next="https://elsewhere.example/")["Location"] == "/"


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_a_wrong_password_and_an_unknown_name_sound_alike(at_stranger: Client, alice: User, name: str) -> None:
    response = sign_in(at_stranger, name, "wrong password")
    assert "username and/or password you specified are not correct" in words(response)
    assert at_stranger.get("/").status_code == HTTPStatus.FOUND


def test_trying_passwords_is_slowed_down(at_stranger: Client, alice: User) -> None:
    for _ in range(6):
        response = sign_in(at_stranger, "alice", "wrong password")
    assert "Too many failed login attempts" in words(response)
    assert "Too many failed" in words(sign_in(at_stranger, "alice"))


def test_a_crowd_does_not_push_out_the_count_of_a_name(at_stranger: Client, alice: User) -> None:
    for _ in range(6):
        sign_in(at_stranger, "alice", "wrong password")
    cache.set_many({f"other-{n}": n for n in range(1000)})
    assert "Too many failed" in words(sign_in(at_stranger, "alice"))


def test_a_closed_account_does_not_open(at_stranger: Client) -> None:
    person("mallory", is_active=False)
    sign_in(at_stranger, "mallory")
    assert at_stranger.get("/").status_code == HTTPStatus.FOUND


@pytest.mark.parametrize(
    "path",
    [
        *("signup/", "email/", "confirm-email/", "confirm-email/a-key/", "reauthenticate/", "login/code/confirm/"),
        *("password/set/", "password/reset/done/", "password/reset/key/1-set-password/", "password/reset/key/done/"),
    ],
)
def test_what_needs_mail_or_makes_accounts_is_not_there(at_stranger: Client, at_alice: Client, path: str) -> None:
    for client in (at_stranger, at_alice):
        assert client.get(f"/accounts/{path}").status_code == HTTPStatus.NOT_FOUND
        assert client.post(f"/accounts/{path}", {"email": "a@example.org"}).status_code == HTTPStatus.NOT_FOUND


def test_who_forgot_the_password_learns_whom_to_ask(at_stranger: Client) -> None:
    assert "An administrator can make you a link" in words(at_stranger.get("/accounts/password/reset/"))
    assert at_stranger.post("/accounts/password/reset/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_signing_out_is_a_post(at_alice: Client) -> None:
    at_alice.get("/accounts/logout/")
    assert at_alice.get("/").status_code == HTTPStatus.OK
    at_alice.post("/accounts/logout/")
    assert at_alice.get("/").status_code == HTTPStatus.FOUND


def test_signing_out_closes_the_pages_of_that_session_only(
    at_alice: Client, published: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    key = at_alice.session.session_key
    with django_capture_on_commit_callbacks(execute=True):
        at_alice.post("/accounts/logout/")
    group = broadcast.session_group(hashlib.sha256(key.encode()).hexdigest())
    assert published == [AccessEnded(group, 4401)]


def test_pages_are_told_of_a_sign_out_when_the_session_is_gone(
    at_alice: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    key = at_alice.session.session_key
    left: list[bool] = []
    monkeypatch.setattr(ends, "of_session", lambda _: left.append(Session.objects.filter(pk=key).exists()))
    at_alice.post("/accounts/logout/")
    assert left == [False]


class TestPassword:
    FORM = {"oldpassword": PASSWORD, "password1": "another good one", "password2": "another good one"}

    def test_the_new_one_counts_from_now_on(self, at_alice: Client, at_stranger: Client) -> None:
        response = at_alice.post("/accounts/password/change/", self.FORM, follow=True)
        assert response.status_code == HTTPStatus.OK
        assert sign_in(at_stranger, "alice").status_code == HTTPStatus.OK
        assert sign_in(at_stranger, "alice", "another good one")["Location"] == "/"

    def test_other_sessions_end_and_this_one_stays(self, at_alice: Client, alice: User, browser: Any) -> None:
        elsewhere = browser(alice)
        at_alice.post("/accounts/password/change/", self.FORM)
        assert at_alice.get("/").status_code == HTTPStatus.OK
        assert elsewhere.get("/").status_code == HTTPStatus.FOUND

    def test_open_pages_close(
        self, at_alice: Client, alice: User, published: list[Any], django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            at_alice.post("/accounts/password/change/", self.FORM)
        assert AccessEnded(broadcast.person_group(alice.code), 4401) in published

    def test_the_old_one_is_asked_for(self, at_alice: Client, alice: User) -> None:
        at_alice.post("/accounts/password/change/", {**self.FORM, "oldpassword": "guessed"})
        assert User.objects.get(pk=alice.pk).check_password(PASSWORD)


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/inactive/"])
def test_pages_before_signing_in_look_like_the_site(at_stranger: Client, path: str) -> None:
    response = at_stranger.get(path)
    assert response.status_code == HTTPStatus.OK
    assert b'class="sheet-page"' in response.content


@pytest.mark.parametrize("path", ["/accounts/password/change/", "/accounts/logout/"])
def test_pages_of_an_account_look_like_the_site(at_alice: Client, path: str) -> None:
    response = at_alice.get(path)
    assert response.status_code == HTTPStatus.OK
    assert b'class="sheet-page"' in response.content
