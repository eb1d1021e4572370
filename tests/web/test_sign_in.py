"""Signing in where one is: in the dialog of an open page, and together with a command that was refused."""

import json
import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from conversations.models import Conversation, User
from tests.people import answered, path_of, person

from .pages import HTMX, html, typed_text, words

NEW = uuid.UUID("019a0000-0000-7000-8000-000000000001")
PASSWORD = "a good password"


def here(client: Client, name: str = "alice", password: str = PASSWORD) -> Any:
    return client.post("/accounts/here/", {"login": name, "password": password}, headers=HTMX)


def ask(client: Client, text: str = "Written for an hour", code: uuid.UUID = NEW, **more: str) -> Any:
    fields = {"text": text, "client_key": str(uuid.uuid4()), "model": "glm-5.3", **more}
    return client.post(f"/c/{code}/messages/", fields)


def token_told(response: Any) -> str:
    return str(json.loads(response["HX-Trigger"])["chat:signed-in"]["token"])


def test_the_dialog_knows_whose_page_it_is(at_stranger: Client, alice: User) -> None:
    page = html(at_stranger.get("/accounts/here/?name=alice", headers=HTMX))
    assert 'value="alice" autocomplete="username"' in page
    assert "readonly" in page
    assert "<html" not in page


def test_the_right_password_opens_the_session_and_renews_the_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    form = client.get("/accounts/here/?name=alice", headers=HTMX)
    token = html(form).partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    fields = {"login": "alice", "password": PASSWORD, "csrfmiddlewaretoken": token}
    answer = client.post("/accounts/here/", fields, headers=HTMX)
    assert client.get("/").status_code == HTTPStatus.OK
    old, new = (
        client.post(f"/c/{NEW}/messages/", {"text": "Hi", "csrfmiddlewaretoken": each}).status_code
        for each in (token, token_told(answer))
    )
    assert (old, new) == (HTTPStatus.FORBIDDEN, HTTPStatus.SEE_OTHER)


def test_a_wrong_password_is_told_and_can_be_tried_again(at_stranger: Client, alice: User) -> None:
    response = here(at_stranger, password="wrong")
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert "are not correct" in words(response)
    assert 'class="dialog__sheet failure"' in html(response)
    assert "wrong" not in html(response).replace("aria-invalid", "")
    assert here(at_stranger).status_code == HTTPStatus.OK


def test_trying_passwords_is_slowed_down(at_stranger: Client, alice: User) -> None:
    for _ in range(6):
        response = here(at_stranger, password="wrong")
    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Too many failed login attempts" in words(response)
    assert here(at_stranger).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_it_counts_with_the_page_for_signing_in(at_stranger: Client, alice: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    at_stranger.post("/accounts/login/", {"login": "alice", "password": "wrong"})
    here(at_stranger, password="wrong")
    assert here(at_stranger).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_an_account_that_is_closed_stays_out(at_stranger: Client) -> None:
    person("carol", is_active=False)
    assert here(at_stranger, "carol").status_code == HTTPStatus.UNAUTHORIZED


def test_a_page_whose_person_is_signed_in_already_goes_on(at_alice: Client) -> None:
    assert token_told(at_alice.get("/accounts/here/?name=ALICE", headers=HTMX))


def test_a_page_of_somebody_else_does_not_go_on(at_bob: Client, alice: User) -> None:
    response = at_bob.get("/accounts/here/?name=alice", headers=HTMX)
    assert "HX-Trigger" not in response
    assert "This page is of alice, and bob is signed in here now" in words(response)


def test_the_password_of_somebody_signed_in_is_not_looked_at(at_bob: Client, alice: User) -> None:
    assert "HX-Trigger" not in here(at_bob, "alice")
    assert "bob" in html(at_bob.get("/"))


def test_nobody_stores_the_form(at_stranger: Client) -> None:
    assert at_stranger.get("/accounts/here/?name=alice")["Cache-Control"] == "no-store"


def test_a_refused_message_can_be_sent_with_the_password(at_stranger: Client, alice: User) -> None:
    refused = ask(at_stranger)
    assert refused.status_code == HTTPStatus.UNAUTHORIZED
    assert typed_text(refused) == "Written for an hour"
    assert "Sign in and send" in words(refused)
    response = ask(at_stranger, login="alice", password=PASSWORD)
    assert response["Location"] == f"/c/{NEW}/"
    assert path_of(Conversation.objects.get(code=NEW, owner=alice))[0] == "Written for an hour"


def test_the_form_keeps_all_that_was_asked(at_stranger: Client) -> None:
    key = str(uuid.uuid4())
    page = html(ask(at_stranger, client_key=key, draft="7"))
    for name, value in (("client_key", key), ("model", "glm-5.3"), ("draft", "7")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page


def test_a_wrong_password_keeps_the_text(at_stranger: Client, alice: User) -> None:
    response = ask(at_stranger, login="alice", password="wrong")
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert "are not correct" in words(response)
    assert typed_text(response) == "Written for an hour"
    assert 'value="alice"' in html(response)
    assert "wrong" not in html(response)


def test_too_many_tries_keep_the_text(at_stranger: Client, alice: User) -> None:
    for _ in range(6):
        response = ask(at_stranger, login="alice", password="wrong")
    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert typed_text(response) == "Written for an hour"
    assert not Conversation.objects.exists()


def test_somebody_else_cannot_send_into_the_conversation(at_stranger: Client, alice: User, bob: User) -> None:
    code = answered(alice).conversation.code
    response = ask(at_stranger, code=code, login="bob", password=PASSWORD)
    assert response.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("command", ["rename", "delete"])
def test_other_commands_go_on_too(at_stranger: Client, alice: User, command: str) -> None:
    conversation = answered(alice).conversation
    fields = {"title": "New name"}
    refused = at_stranger.post(f"/c/{conversation.code}/{command}/", fields)
    assert "Sign in and go on" in words(refused)
    assert '<input type="hidden" name="title" value="New name">' in html(refused)
    at_stranger.post(f"/c/{conversation.code}/{command}/", {**fields, "login": "alice", "password": PASSWORD})
    conversation.refresh_from_db()
    assert (conversation.title == "New name") == (command == "rename")
    assert (conversation.deleted_at is not None) == (command == "delete")


def test_a_script_of_who_is_signed_out_gets_a_way_in(at_stranger: Client) -> None:
    response = at_stranger.post(f"/c/{NEW}/messages/", {"text": "Hi"}, headers=HTMX)
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert "data-sign-in" in html(response)
