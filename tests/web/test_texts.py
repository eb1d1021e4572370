"""Taking a reply along: as Markdown, as text, as a quote."""

import uuid
from http import HTTPStatus

import pytest
from django.test import Client

from conversations.models import Turn, User
from conversations.turns.drafts import Typed, save
from tests.people import answered, withheld

from .pages import html, typed_text

WAYS = pytest.mark.parametrize("ending", ["md", "txt"])


def address(turn: Turn, ending: str) -> str:
    return f"/c/{turn.conversation.code}/messages/{turn.reply.code}.{ending}"


@WAYS
def test_a_stranger_gets_404(at_bob: Client, alice: User, ending: str) -> None:
    assert at_bob.get(address(answered(alice), ending)).status_code == HTTPStatus.NOT_FOUND


@WAYS
def test_a_withheld_reply_is_not_given_out(at_alice: Client, alice: User, ending: str) -> None:
    assert at_alice.get(address(withheld(alice), ending)).status_code == HTTPStatus.NOT_FOUND


@WAYS
def test_nothing_is_changed_that_way(at_alice: Client, alice: User, ending: str) -> None:
    assert at_alice.post(address(answered(alice), ending)).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@WAYS
def test_it_is_no_page_and_nobody_stores_it(at_alice: Client, alice: User, ending: str) -> None:
    response = at_alice.get(address(answered(alice, reply="<b>x</b>"), ending))
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Cache-Control"] == "no-store"


def test_markdown_is_as_it_was_written_and_text_has_no_marks(at_alice: Client, alice: User) -> None:
    turn = answered(alice, reply="## Why\n\n- **so**")
    assert html(at_alice.get(address(turn, "md"))) == "## Why\n\n- **so**"
    assert html(at_alice.get(address(turn, "txt"))) == "Why\n\n- so"


class TestAQuote:
    def quoting(self, at: Client, turn: Turn, code: uuid.UUID | str | None = None) -> str:
        return typed_text(at.get(f"/c/{turn.conversation.code}/", {"quote": code or turn.reply.code}))

    def test_stands_in_the_box_line_by_line(self, at_alice: Client, alice: User) -> None:
        assert self.quoting(at_alice, answered(alice, reply="One\n\ntwo")) == "> One\n>\n> two\n\n"

    def test_comes_behind_what_was_typed(self, at_alice: Client, alice: User) -> None:
        turn = answered(alice, reply="One")
        save(alice, turn.conversation.code, Typed("A draft", 0, uuid.uuid4()))
        assert self.quoting(at_alice, turn) == "A draft\n\n> One\n\n"

    def test_of_what_is_withheld_is_empty(self, at_alice: Client, alice: User) -> None:
        assert self.quoting(at_alice, withheld(alice)) == ""

    @pytest.mark.parametrize("code", ["nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_of_nothing_is_empty(self, at_alice: Client, alice: User, code: str) -> None:
        assert self.quoting(at_alice, answered(alice), code) == ""

    def test_of_another_conversation_is_empty(self, at_alice: Client, alice: User, bob: User) -> None:
        assert self.quoting(at_alice, answered(alice), answered(bob).reply.code) == ""
