"""The message that is next: how it comes there, and what its person does with it."""

import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from conversations import upstream
from conversations.models import Job, NextMessage, Turn, TurnState, User, text_part
from conversations.turns import start
from conversations.turns.errors import Busy
from tests.people import ended, path_of, running

from .pages import HTMX, html, send, typed_text, words


@pytest.fixture
def turn(alice: User) -> Turn:
    return running(alice)


@pytest.fixture
def code(turn: Turn) -> uuid.UUID:
    return turn.conversation.code


def waiting() -> list[str]:
    return [each.text for each in NextMessage.objects.all()]


def stopped(turn: Turn) -> Turn:
    return ended(turn, text_part("So far"), TurnState.STOPPED)


def test_what_is_sent_while_a_reply_is_written_is_next(at_alice: Client, code: uuid.UUID) -> None:
    response = send(at_alice, code, "And then?", follow=True)
    assert "Your message is next" in words(response)
    assert "And then? Send now Edit" in words(response)
    assert typed_text(response) == ""
    assert waiting() == ["And then?"]


def test_a_script_gets_nothing_to_draw(at_alice: Client, code: uuid.UUID) -> None:
    response = send(at_alice, code, "And then?", headers=HTMX)
    assert (response.status_code, response.content) == (HTTPStatus.OK, b"")
    assert response["HX-Push-Url"] == f"/c/{code}/"


def test_the_page_offers_to_send_behind_a_reply_and_to_stop_it(at_alice: Client, code: uuid.UUID) -> None:
    page = html(at_alice.get(f"/c/{code}/"))
    assert 'aria-label="Send next"' in page
    assert 'aria-label="Stop"' in page
    assert 'aria-label="Send"' not in page


def test_a_form_sent_twice_is_one_message(at_alice: Client, code: uuid.UUID) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        send(at_alice, code, "Once?", key)
    assert waiting() == ["Once?"]


def test_a_form_sent_again_after_its_message_was_asked_is_no_second_one(
    at_alice: Client, turn: Turn, code: uuid.UUID
) -> None:
    key = uuid.uuid4()
    send(at_alice, code, "Once?", key)
    ended(turn, text_part("Hi."), finish="stop")
    send(at_alice, code, "Once?", key)
    assert path_of(turn.conversation) == ["Hello?", "Hi.", "Once?", ""]
    assert waiting() == []


def test_it_goes_now_when_the_reply_ends_in_that_very_moment(
    at_alice: Client, turn: Turn, code: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = start.send

    def too_early(*arguments: Any) -> Turn:
        monkeypatch.setattr(start, "send", real)
        ended(turn, text_part("Hi."))
        raise Busy

    monkeypatch.setattr(start, "send", too_early)
    send(at_alice, code, "Just then?")
    assert path_of(turn.conversation) == ["Hello?", "Hi.", "Just then?", ""]


def test_what_does_not_fit_beside_it_is_refused_and_kept(at_alice: Client, code: uuid.UUID, settings: Any) -> None:
    settings.CHATSITE_MAX_PROMPT = 20
    send(at_alice, code, "x" * 15)
    response = send(at_alice, code, "y" * 15)
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "this would be too long" in words(response)
    assert typed_text(response) == "y" * 15


@pytest.mark.parametrize("command", ["send", "edit", "remove"])
def test_only_its_person_and_only_post_moves_it(
    at_alice: Client, at_bob: Client, code: uuid.UUID, command: str
) -> None:
    send(at_alice, code, "And then?")
    form = {"client_key": str(uuid.uuid4()), "text": ""}
    assert at_bob.post(f"/c/{code}/next/{command}/", form).status_code == HTTPStatus.NOT_FOUND
    assert at_alice.get(f"/c/{code}/next/{command}/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert waiting() == ["And then?"]


def test_after_a_stop_it_can_be_sent(at_alice: Client, turn: Turn, code: uuid.UUID) -> None:
    send(at_alice, code, "And then?")
    stopped(turn)
    assert "And then? Send now Edit" in words(at_alice.get(f"/c/{code}/"))
    for _ in range(2):
        assert at_alice.post(f"/c/{code}/next/send/").status_code == HTTPStatus.SEE_OTHER
    assert path_of(turn.conversation) == ["Hello?", "So far", "And then?", ""]


def test_while_a_reply_is_written_it_cannot(at_alice: Client, code: uuid.UUID) -> None:
    send(at_alice, code, "And then?")
    response = at_alice.post(f"/c/{code}/next/send/", headers=HTMX)
    assert response.status_code == HTTPStatus.CONFLICT
    assert waiting() == ["And then?"]


def test_a_model_that_is_gone_meanwhile_gives_way_to_the_default(at_alice: Client, turn: Turn, code: uuid.UUID) -> None:
    send(at_alice, code, "And then?")
    stopped(turn)
    NextMessage.objects.update(model_name="glm-0")
    response = at_alice.post(f"/c/{code}/next/send/", follow=True)
    assert "glm-0 is not offered any more" in words(response)
    assert Turn.objects.latest("pk").model_name == upstream.default_model()


def test_the_wish_for_an_answer_in_the_background_is_kept(at_alice: Client, turn: Turn, code: uuid.UUID) -> None:
    response = send(at_alice, code, "And then?", fields={"later": "on"}, follow=True)
    assert "Next in line, in the background: Not sent yet, for the background: And then?" in words(response)
    stopped(turn)
    at_alice.post(f"/c/{code}/next/send/")
    job = Job.objects.get()
    assert (job.kind, job.turn.question.parts) == ("completion", text_part("And then?"))


def test_without_it_the_answer_comes_at_once(at_alice: Client, turn: Turn, code: uuid.UUID) -> None:
    assert "Next in line: Not sent yet: And then?" in words(send(at_alice, code, "And then?", follow=True))
    stopped(turn)
    at_alice.post(f"/c/{code}/next/send/")
    assert Turn.objects.latest("pk").state == TurnState.QUEUED
    assert not Job.objects.exists()


def test_it_comes_back_into_the_box_of_a_page_without_script(at_alice: Client, code: uuid.UUID) -> None:
    send(at_alice, code, "And then?")
    form = {"text": "and more", "client_key": str(uuid.uuid4()), "draft": ""}
    page = at_alice.post(f"/c/{code}/next/edit/", form, follow=True)
    assert typed_text(page) == "And then?\n\nand more"
    assert "Send now" not in words(page)


def test_a_script_puts_it_into_the_box_itself(at_alice: Client, code: uuid.UUID) -> None:
    send(at_alice, code, "And then?")
    form = {"text": "", "client_key": str(uuid.uuid4()), "draft": ""}
    told = at_alice.post(f"/c/{code}/next/edit/", form, headers=HTMX).json()
    assert told["text"] == "And then?"
    assert at_alice.get(f"/c/{code}/draft/").json() == told


def test_it_does_not_come_into_a_box_that_is_full(at_alice: Client, code: uuid.UUID, settings: Any) -> None:
    settings.CHATSITE_MAX_PROMPT = 10
    send(at_alice, code, "And then?")
    form = {"text": "x" * 21, "client_key": str(uuid.uuid4()), "draft": ""}
    response = at_alice.post(f"/c/{code}/next/edit/", form, headers=HTMX)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "no room" in words(response)
    assert waiting() == ["And then?"]


def test_it_can_be_removed(at_alice: Client, code: uuid.UUID) -> None:
    send(at_alice, code, "And then?")
    for _ in range(2):
        at_alice.post(f"/c/{code}/next/remove/")
    assert waiting() == []


def test_a_long_one_is_shown_by_its_beginning(at_alice: Client, code: uuid.UUID) -> None:
    send(at_alice, code, "word " * 2000)
    page = html(at_alice.get(f"/c/{code}/"))
    assert "word …" in page or "word…" in page
    assert page.count("word ") < 100


def test_a_notice_that_it_was_not_sent_is_read_with_its_conversation(
    at_alice: Client, alice: User, turn: Turn, code: uuid.UUID
) -> None:
    send(at_alice, code, "And then?")
    ended(turn, text_part("So far"), TurnState.FAILED)
    told = "A message that was next in line could not be sent"
    assert told in words(at_alice.get("/notices/"))
    assert told in words(at_alice.get("/preferences/"))
    assert told not in words(at_alice.get(f"/c/{code}/"))
    assert told not in words(at_alice.get("/preferences/"))
