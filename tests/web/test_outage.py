"""While the database does not take what is asked, everybody is told so, and keeps what was written."""

from http import HTTPStatus
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from chatsite.sessions import SessionStore
from conversations.models import User
from conversations.turns import start

from .pages import HTMX, html, send, typed_text, words
from .test_send import NEW

AWAY = "unable to open database file"
CHINESE = {"Accept-Language": "zh-CN"}
ERRORS = [
    (OperationalError(AWAY), HTTPStatus.SERVICE_UNAVAILABLE, "5", "cannot reach its database"),
    (OperationalError("database is locked"), HTTPStatus.SERVICE_UNAVAILABLE, "2", "very busy"),
    (OperationalError("could not extend file: No space left on device"), HTTPStatus.INSUFFICIENT_STORAGE, "", "full"),
]


def failing(error: Exception) -> Any:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail


@pytest.fixture
def _nobody_is_known(at_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first that a request of Alice asks the database is who she is."""
    monkeypatch.setattr(SessionStore, "load", failing(OperationalError(AWAY)))
    at_alice.raise_request_exception = False


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "script"])
@pytest.mark.parametrize(("error", "status", "again", "said"), ERRORS)
def test_a_command_is_refused_in_words(
    at_alice: Client,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: HTTPStatus,
    again: str,
    said: str,
    headers: dict[str, str],
) -> None:
    monkeypatch.setattr(start, "send", failing(error))
    response = send(at_alice, NEW, "Precious words", headers=headers)
    assert (response.status_code, response.get("Retry-After", "")) == (status, again)
    assert said in words(response)
    assert headers or typed_text(response) == "Precious words"
    assert ("<html" in html(response)) == (not headers)


@pytest.mark.usefixtures("_nobody_is_known")
class TestBeforeAnybodyIsKnown:
    """Where the middleware fails, nobody asks for a connection a second time."""

    def test_a_page_says_that_it_comes_back(
        self, at_alice: Client, alice: User, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(0):
            response = at_alice.get("/conversations/?q=tides", headers=CHINESE)
        assert (response.status_code, response["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
        assert "马上回来" in words(response)
        assert 'href="/conversations/?q=tides"' in html(response)
        assert response["X-Request-ID"] in words(response)
        assert "no-store" in response["Cache-Control"]

    def test_a_message_is_given_back(self, at_alice: Client) -> None:
        response = send(at_alice, NEW, "Precious words")
        assert (response.status_code, response["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
        assert typed_text(response) == "Precious words"
        assert "client_key" in html(response)  # so that it counts once, whatever became of the first

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_words_of_another_site_are_not_offered(self, at_alice: Client, site: str) -> None:
        response = send(at_alice, NEW, "Words of a stranger", headers={"Sec-Fetch-Site": site})
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "Words of a stranger" not in html(response)

    def test_it_is_no_mistake_of_ours_in_the_log(self, at_alice: Client, caplog: pytest.LogCaptureFixture) -> None:
        at_alice.get("/")
        ours = [record for record in caplog.records if record.name != "chatsite.request_log"]
        assert [record.levelname for record in ours] == ["WARNING"]
        assert AWAY in ours[0].getMessage()


def test_a_connection_that_is_gone_is_the_same(at_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conversations.web.outage.connection", type("Far", (), {"vendor": "postgresql"}))
    monkeypatch.setattr(start, "send", failing(InterfaceError("the connection is closed")))
    assert send(at_alice, NEW, "Hello?").status_code == HTTPStatus.SERVICE_UNAVAILABLE
