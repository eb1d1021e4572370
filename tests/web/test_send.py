"""Asking a question by the form."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from conversations import upstream
from conversations.models import Conversation, Message, Role, Turn, User
from conversations.turns import start
from conversations.web.answers import MemberRequest, command
from tests.people import answered, path_of

from .pages import HTMX, html, send, typed_text, words

NEW = uuid.UUID("019a0000-0000-7000-8000-000000000001")


def questions() -> list[str]:
    return [message.parts[0].text for message in Message.objects.filter(role=Role.USER).order_by("pk")]


def test_only_post_is_answered(at_alice: Client) -> None:
    assert at_alice.get(f"/c/{NEW}/messages/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_the_first_question_makes_the_conversation_under_the_code_of_its_page(at_alice: Client, alice: User) -> None:
    response = send(at_alice, NEW, "What is a tide?")
    assert (response.status_code, response["Location"]) == (HTTPStatus.SEE_OTHER, f"/c/{NEW}/")
    conversation = Conversation.objects.get(code=NEW)
    assert (conversation.owner, conversation.title) == (alice, "What is a tide?")
    assert path_of(conversation) == ["What is a tide?", ""]


def test_a_script_gets_nothing_to_draw_and_the_address_to_show(at_alice: Client) -> None:
    response = send(at_alice, NEW, "What is a tide?", headers=HTMX)
    assert (response.status_code, response.content) == (HTTPStatus.OK, b"")
    assert response["HX-Push-Url"] == f"/c/{NEW}/"


def test_the_next_question_follows_the_last_reply(at_alice: Client, alice: User) -> None:
    turn = answered(alice, "One?", "One.")
    send(at_alice, turn.conversation.code, "Two?")
    assert path_of(turn.conversation) == ["One?", "One.", "Two?", ""]


def test_a_form_sent_twice_is_one_question(at_alice: Client) -> None:
    key = uuid.uuid4()
    first, second = (send(at_alice, NEW, "Once?", key) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert questions() == ["Once?"]


def test_a_stranger_cannot_write_into_a_conversation(at_bob: Client, alice: User) -> None:
    turn = answered(alice)
    response = send(at_bob, turn.conversation.code, "Let me in")
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert questions() == ["Hello?"]


def test_a_stranger_learns_no_more_from_a_refused_form(at_bob: Client, alice: User) -> None:
    turn = answered(alice)
    assert send(at_bob, turn.conversation.code, "").status_code == HTTPStatus.NOT_FOUND


def test_a_deleted_conversation_takes_no_question(at_alice: Client, alice: User) -> None:
    turn = answered(alice)
    at_alice.post(f"/c/{turn.conversation.code}/delete/")
    assert send(at_alice, turn.conversation.code, "Still there?").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t\n", "\x00\x07"])
def test_nothing_is_no_question(at_alice: Client, nothing: str) -> None:
    response = send(at_alice, NEW, nothing)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "empty" in words(response)
    assert not Conversation.objects.exists()


def test_a_megabyte_is_refused_in_words_and_kept(at_alice: Client) -> None:
    text = "long " * 200_000
    response = send(at_alice, NEW, text)
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "999,999 characters" in words(response)
    assert typed_text(response) == text
    assert not Conversation.objects.exists()


def test_the_longest_question_is_one_line(at_alice: Client) -> None:
    assert send(at_alice, NEW, "x" * 100_000).status_code == HTTPStatus.SEE_OTHER
    assert at_alice.get(f"/c/{NEW}/").status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\x00b\x1b[1mc\x7f", "ab[1mc"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("tab\tstays", "tab\tstays"),
        ("\n\n    indented\n", "    indented"),
        ("سلام 👩‍👩‍👧 𝄞", "سلام 👩‍👩‍👧 𝄞"),
    ],
)
def test_control_characters_go_and_everything_else_stays(at_alice: Client, typed: str, stored: str) -> None:
    send(at_alice, NEW, typed)
    assert questions() == [stored]


def test_a_model_that_is_not_offered_gives_way_to_the_default(at_alice: Client) -> None:
    response = send(at_alice, NEW, "Who answers?", fields={"model": "glm-0"}, follow=True)
    assert Turn.objects.get().model_name == upstream.default_model()
    assert "glm-0 is not offered any more" in words(response)


def test_a_script_is_told_about_the_other_model(at_alice: Client) -> None:
    response = send(at_alice, NEW, "Who answers?", fields={"model": "glm-0"}, headers=HTMX)
    assert "glm-0 is not offered any more" in words(response)


@pytest.mark.parametrize("key", ["", "not a key", "0" * 500])
def test_a_broken_key_is_told_or_passed_over(at_alice: Client, key: str) -> None:
    response = send(at_alice, NEW, "Key?", fields={"client_key": key})
    assert response.status_code in (HTTPStatus.SEE_OTHER, HTTPStatus.UNPROCESSABLE_ENTITY)


def refusing(message: str) -> Callable[..., Turn]:
    def refuse(*_: Any) -> Turn:
        raise OperationalError(message)

    return refuse


def test_a_full_disk_is_told_in_words_and_the_text_is_kept(at_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "send", refusing("database or disk is full"))
    response = send(at_alice, NEW, "Precious words")
    assert response.status_code == HTTPStatus.INSUFFICIENT_STORAGE
    assert "disk of the server is full" in words(response)
    assert typed_text(response) == "Precious words"


def test_a_database_that_stays_locked_is_told_after_a_second_try(
    at_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def locked(*_: Any) -> Turn:
        tries.append(1)
        raise OperationalError("database is locked")

    monkeypatch.setattr(start, "send", locked)
    response = send(at_alice, NEW, "Precious words")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert len(tries) == 2
    assert typed_text(response) == "Precious words"


def test_the_second_try_finds_files_as_they_came(alice: User) -> None:
    read: list[bytes] = []

    def view(request: MemberRequest) -> HttpResponse:
        read.append(request.FILES["file"].read())  # type: ignore[union-attr]
        if len(read) == 1:
            raise OperationalError("database is locked")
        return HttpResponse()

    request = RequestFactory().post("/", {"file": SimpleUploadedFile("words.txt", b"Precious words")})
    request.user = alice
    assert command(view)(request).status_code == HTTPStatus.OK
    assert read == [b"Precious words"] * 2


@pytest.mark.sqlite  # which calls mistakes of ours by the same name
def test_an_unknown_failure_of_the_database_is_not_hidden(at_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "send", refusing("no such table: turn"))
    with pytest.raises(OperationalError):
        send(at_alice, NEW, "Hello?")


def test_who_is_signed_out_keeps_the_text(at_stranger: Client) -> None:
    response = send(at_stranger, NEW, "Written for an hour")
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert typed_text(response) == "Written for an hour"
    assert not Conversation.objects.exists()


def test_a_script_of_who_is_signed_out_gets_words_only(at_stranger: Client) -> None:
    response = send(at_stranger, NEW, "Written for an hour", headers=HTMX)
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert "signed out" in words(response)
    assert "<html" not in html(response)


def test_a_form_without_its_token_changes_nothing_and_keeps_the_text(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="conversations.web.account.AccountBackend")
    response = send(client, NEW, "Kept as well")
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert typed_text(response) == "Kept as well"
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_a_foreign_page_is_not_offered_for_sending_again(alice: User, site: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="conversations.web.account.AccountBackend")
    response = send(client, NEW, "Words of a stranger", headers={"Sec-Fetch-Site": site})
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "Words of a stranger" not in html(response)


def test_while_no_model_is_known_nothing_is_sent(at_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "offered_models", tuple)
    monkeypatch.setattr(upstream, "default_model", str)
    response = send(at_alice, NEW, "Anybody there?")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert typed_text(response) == "Anybody there?"
    assert not Conversation.objects.exists()
