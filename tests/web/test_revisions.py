"""Editing a reply in the browser."""

import re
import uuid
from http import HTTPStatus

from django.test import Client

from conversations.models import Message, Turn, User
from tests.people import answered, path_of, running, withheld

from .pages import HTMX, html, typed_text, words


def address(turn: Turn) -> str:
    return f"/c/{turn.conversation.code}/messages/{turn.reply.code}/revise/"


def form(text: str = "Mine.", code: str = "") -> dict[str, str]:
    return {"text": text, "new_code": code or str(uuid.uuid4())}


def test_the_reply_is_in_the_box_with_a_code_for_the_new_one(at_alice: Client, alice: User) -> None:
    response = at_alice.get(address(answered(alice, reply="**Yes** <b>")))
    assert typed_text(response) == "**Yes** <b>"
    assert re.search(r'name="new_code" value="[0-9a-f-]{36}"', html(response))


def test_a_script_gets_a_form_to_put_in_its_place(at_alice: Client, alice: User) -> None:
    turn = answered(alice, reply="**Yes**")
    response = at_alice.get(address(turn), headers=HTMX)
    assert html(response).startswith("<edit-message")
    assert typed_text(response) == "**Yes**"
    refused = at_alice.post(address(turn), form(" "), headers=HTMX)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert html(refused).startswith('<p class="failure')
    assert at_alice.post(address(turn), form(), headers=HTMX).status_code == HTTPStatus.OK


def test_the_page_leads_there_and_shows_the_mark(at_alice: Client, alice: User) -> None:
    turn = answered(alice, reply="Yes.")
    assert address(turn) in html(at_alice.get(f"/c/{turn.conversation.code}/"))
    response = at_alice.post(address(turn), form(), follow=True)
    assert "Mine." in words(response)
    assert "AI-generated, edited by you" in words(response)
    assert "2 / 2" in words(response)


def test_a_form_sent_twice_is_one_version(at_alice: Client, alice: User) -> None:
    turn, sent = answered(alice), form()
    for _ in range(2):
        assert at_alice.post(address(turn), sent).status_code == HTTPStatus.SEE_OTHER
    assert Message.objects.count() == 3


def test_without_a_change_nothing_is_stored(at_alice: Client, alice: User) -> None:
    turn = answered(alice, reply="Yes.\n")
    assert at_alice.post(address(turn), form("Yes.")).status_code == HTTPStatus.SEE_OTHER
    assert Message.objects.count() == 2


def test_an_empty_text_is_refused_and_what_is_too_long_is_kept(at_alice: Client, alice: User, settings: object) -> None:
    turn = answered(alice)
    assert at_alice.post(address(turn), form(" ")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    settings.CHATSITE_MAX_PROMPT = 10  # type: ignore[attr-defined]
    response = at_alice.post(address(turn), form("much too long for it"))
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert typed_text(response) == "much too long for it"


def test_without_a_code_nothing_is_stored(at_alice: Client, alice: User) -> None:
    response = at_alice.post(address(answered(alice)), {"text": "Mine."})
    assert response.status_code == HTTPStatus.CONFLICT
    assert typed_text(response) == "Mine."


def test_while_a_reply_is_written_the_text_is_kept(at_alice: Client, alice: User) -> None:
    turn = answered(alice)
    running(alice, "More?", turn.conversation)
    response = at_alice.post(address(turn), form())
    assert response.status_code == HTTPStatus.CONFLICT
    assert typed_text(response) == "Mine."


def test_what_is_withheld_is_not_shown(at_alice: Client, alice: User) -> None:
    response = at_alice.get(address(withheld(alice)))
    assert response.status_code == HTTPStatus.CONFLICT
    assert "A secret" not in html(response)


def test_strangers_get_404_and_change_nothing(at_bob: Client, alice: User) -> None:
    turn = answered(alice)
    assert at_bob.get(address(turn)).status_code == HTTPStatus.NOT_FOUND
    assert at_bob.post(address(turn), form()).status_code == HTTPStatus.NOT_FOUND
    assert path_of(turn.conversation) == ["Hello?", "Hi."]


def test_who_is_signed_out_keeps_the_text(at_stranger: Client, alice: User) -> None:
    response = at_stranger.post(address(answered(alice)), form("My words"))
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert "My words" in html(response)
