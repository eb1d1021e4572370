"""The link on which the first person makes the administrator account."""

import re
from http import HTTPStatus

import pytest
from django.test import Client

from conversations import first_run
from conversations.models import User
from tests.people import person

from .pages import words

FIRST = {"username": "ada", "password": "difference engine"}


@pytest.fixture
def token() -> str:
    made = first_run.current_token()
    assert made
    return made


def test_the_first_person_becomes_administrator_and_is_signed_in(at_stranger: Client, token: str) -> None:
    response = at_stranger.post(f"/setup/{token}/", FIRST, follow=True)
    ada = User.objects.get()
    assert response.redirect_chain == [("/connect/?first", HTTPStatus.SEE_OTHER)]
    assert "Connect GLM" in words(response)
    assert "Use the sandbox first" in words(response)
    assert "administrator" in ada.groups.values_list("name", flat=True)
    assert ada.is_staff
    assert not ada.is_superuser


def test_it_works_once(at_stranger: Client, token: str) -> None:
    at_stranger.post(f"/setup/{token}/", FIRST)
    again = at_stranger.post(f"/setup/{token}/", {**FIRST, "username": "eve"})
    assert (again.status_code, again["Location"]) == (HTTPStatus.SEE_OTHER, "/accounts/login/")
    assert [each.username for each in User.objects.all()] == ["ada"]


def test_whoever_presses_twice_is_in(at_stranger: Client, token: str) -> None:
    at_stranger.post(f"/setup/{token}/", FIRST)
    again = at_stranger.post(f"/setup/{token}/", FIRST, follow=True)
    assert again.redirect_chain[-1][0] == "/"
    assert again.status_code == HTTPStatus.OK


def test_the_slower_of_two_people_may_sign_in(at_stranger: Client, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_run, "create_administrator", lambda *_: None)
    assert at_stranger.post(f"/setup/{token}/", FIRST)["Location"] == "/accounts/login/"


def test_before_anybody_has_an_account_the_way_to_the_first_is_told(at_stranger: Client) -> None:
    before = at_stranger.get("/", follow=True)
    assert "Nobody has an account yet" in words(before)
    assert 'name="password"' not in before.content.decode()
    person("somebody")
    after = at_stranger.get("/", follow=True)
    assert "Nobody has an account yet" not in words(after)
    assert 'name="password"' in after.content.decode()


@pytest.mark.parametrize("wrong", ["x", "0" * 32])
def test_another_link_is_no_link(at_stranger: Client, token: str, wrong: str) -> None:
    assert at_stranger.get(f"/setup/{wrong}/").status_code == HTTPStatus.NOT_FOUND


def test_where_people_are_there_is_no_set_up(at_stranger: Client, token: str) -> None:
    person("somebody")
    assert at_stranger.get(f"/setup/{token}/")["Location"] == "/accounts/login/"
    assert at_stranger.get("/setup/x/")["Location"] == "/accounts/login/"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"username": "ada", "password": "short"}, "too short"),
        ({"username": "a b", "password": "difference engine"}, "valid username"),
        ({"username": "", "password": "difference engine"}, "required"),
        ({"username": "ada", "password": ""}, "required"),
    ],
)
def test_a_wrong_form_is_told_and_makes_nobody(
    at_stranger: Client, token: str, typed: dict[str, str], told: str
) -> None:
    response = at_stranger.post(f"/setup/{token}/", typed)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert told in words(response)
    wrong = re.findall(r'<input[^>]* autofocus aria-invalid="true"', response.content.decode())
    assert len(wrong) == response.content.decode().count("autofocus") == 1
    assert not User.objects.exists()
    assert first_run.is_open(token)


def test_nobody_stores_the_page(at_stranger: Client, token: str) -> None:
    assert "no-store" in at_stranger.get(f"/setup/{token}/")["Cache-Control"]
