"""Pages for what goes wrong."""

from http import HTTPStatus
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.template import loader
from django.test import Client
from django.views.generic import TemplateView

from conversations.models import User
from conversations.web import chat

from .pages import html, words


def test_an_unknown_address_is_told_in_words(at_stranger: Client) -> None:
    response = at_stranger.get("/nowhere/")
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "There is nothing to see here" in words(response)


def test_a_mistake_of_ours_is_told_in_words(at_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "new_code", lambda: 1 / 0)
    at_alice.raise_request_exception = False
    response = at_alice.get("/")
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Something went wrong here" in words(response)
    assert "ZeroDivisionError" not in html(response)


def test_a_body_beyond_all_bounds_is_refused(at_alice: Client, settings: object) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000  # type: ignore[attr-defined]
    response = at_alice.post("/c/019a0000-0000-7000-8000-000000000001/messages/", {"text": "x" * 2000})
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "too large" in words(response)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (PermissionDenied, HTTPStatus.FORBIDDEN, "Not for you"),
        (SuspiciousOperation, HTTPStatus.BAD_REQUEST, "not understood"),
        (ZeroDivisionError, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here"),
    ],
)
def test_each_page_says_the_number_of_its_request(
    at_alice: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: HTTPStatus, said: str
) -> None:
    monkeypatch.setattr(chat, "new_code", _failing(error))
    at_alice.raise_request_exception = False
    response = at_alice.get("/")
    assert response.status_code == status
    assert said in words(response)
    assert f"Request {response['X-Request-ID']}" in words(response)


def test_the_page_for_our_mistakes_asks_neither_database_nor_session(
    at_stranger: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(TemplateView, "get", _failing(ZeroDivisionError))
    at_stranger.raise_request_exception = False
    with django_assert_num_queries(0):
        response = at_stranger.get("/accounts/password/reset/")
    assert "Something went wrong here" in words(response)


def test_a_mistake_in_the_page_for_mistakes_is_still_answered(
    at_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "new_code", _failing(ZeroDivisionError))
    monkeypatch.setattr(loader, "get_template", _failing(RuntimeError))
    at_alice.raise_request_exception = False
    response = at_alice.get("/")
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert response["X-Request-ID"] in words(response)


def test_who_comes_too_often_is_told_in_words(at_stranger: Client, settings: object) -> None:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}  # type: ignore[attr-defined]
    form = {"login": "nobody", "password": "wrong"}
    answers = [at_stranger.post("/accounts/login/", form) for _ in range(2)]
    assert answers[-1].status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Wait a minute" in words(answers[-1])


def _failing(error: type[Exception]) -> Any:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_speak_the_language_of_the_browser(at_stranger: Client, alice: User, language: str) -> None:
    response = at_stranger.get("/accounts/login/", headers={"Accept-Language": language})
    assert f'<html lang="{language}">' in html(response)
    assert ("登录" in words(response)) == (language == "zh-hans")
