"""Pages for what goes wrong."""

from http import HTTPStatus

import pytest
from django.test import Client

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
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert "too large" in words(response)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_speak_the_language_of_the_browser(at_stranger: Client, language: str) -> None:
    response = at_stranger.get("/accounts/login/", headers={"Accept-Language": language})
    assert f'<html lang="{language}">' in html(response)
    assert ("登录" in words(response)) == (language == "zh-hans")
