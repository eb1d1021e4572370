"""The list of conversations, names, and what is deleted."""

import uuid
from http import HTTPStatus

import pytest
from django.test import Client

from conversations.models import Conversation, Turn, TurnState, User
from tests.people import answered, asked

from .pages import HTMX, html, words

HOSTILE = '"><script>alert(1)</script>'


def address(conversation: Conversation, command: str) -> str:
    return f"/c/{conversation.code}/{command}/"


def fresh(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


@pytest.mark.parametrize("command", ["rename", "delete", "restore"])
class TestEach:
    def test_is_a_post(self, at_alice: Client, alice: User, command: str) -> None:
        response = at_alice.get(address(answered(alice).conversation, command))
        assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_is_unknown_to_strangers(self, at_bob: Client, alice: User, command: str) -> None:
        conversation = answered(alice).conversation
        assert at_bob.post(address(conversation, command), {"title": "Mine"}).status_code == HTTPStatus.NOT_FOUND
        assert (fresh(conversation).title, fresh(conversation).deleted_at) == ("Hello?", None)

    def test_is_unknown_for_a_code_that_nobody_uses(self, at_alice: Client, command: str) -> None:
        assert at_alice.post(f"/c/{uuid.uuid4()}/{command}/", {"title": "x"}).status_code == HTTPStatus.NOT_FOUND

    def test_asks_who_is_signed_out_to_sign_in(self, at_stranger: Client, alice: User, command: str) -> None:
        response = at_stranger.post(address(answered(alice).conversation, command), {"title": "Mine"})
        assert response.status_code == HTTPStatus.UNAUTHORIZED


class TestRename:
    def test_the_name_stands_in_the_heading_and_in_the_list(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        response = at_alice.post(address(conversation, "rename"), {"title": "Tides"}, follow=True)
        assert words(response).count("Tides") == 2
        assert fresh(conversation).title_is_own

    def test_open_pages_learn_of_it(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        listed = User.objects.get(pk=alice.pk).revision
        at_alice.post(address(conversation, "rename"), {"title": "Tides"}, headers=HTMX)
        assert fresh(conversation).revision == conversation.revision + 1
        assert fresh(conversation).listed_revision == User.objects.get(pk=alice.pk).revision == listed + 1

    def test_a_hostile_name_is_only_text(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        response = at_alice.post(address(conversation, "rename"), {"title": HOSTILE}, follow=True)
        assert "<script>alert" not in html(response)
        assert fresh(conversation).title == HOSTILE

    @pytest.mark.parametrize(
        ("typed", "stored"),
        [("a\x00b\nc", "ab c"), ("  much   space ", "much space"), ("abc\u202etxt", "abctxt"), ("x" * 500, "x" * 200)],
    )
    def test_a_name_is_one_short_line(self, at_alice: Client, alice: User, typed: str, stored: str) -> None:
        conversation = answered(alice).conversation
        at_alice.post(address(conversation, "rename"), {"title": typed})
        assert fresh(conversation).title == stored

    @pytest.mark.parametrize("typed", ["", "  ", "\x00"])
    def test_no_name_is_refused_in_words(self, at_alice: Client, alice: User, typed: str) -> None:
        conversation = answered(alice).conversation
        response = at_alice.post(address(conversation, "rename"), {"title": typed})
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert fresh(conversation).title == "Hello?"


class TestDelete:
    def test_it_leaves_the_list_and_can_be_undone(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice, "Unlucky?").conversation
        response = at_alice.post(address(conversation, "delete"), follow=True)
        assert response.redirect_chain == [(f"/?deleted={conversation.code}", HTTPStatus.SEE_OTHER)]
        assert "“Unlucky?” is deleted." in words(response)
        assert f"conversation-{conversation.code}" not in html(response)
        back = at_alice.post(address(conversation, "restore"), follow=True)
        assert "Unlucky?" in words(back)
        assert fresh(conversation).deleted_at is None

    def test_a_script_is_sent_to_the_new_page(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        response = at_alice.post(address(conversation, "delete"), headers=HTMX)
        assert response["HX-Redirect"] == f"/?deleted={conversation.code}"

    def test_a_second_time_there_is_nothing_to_delete(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        answers = [at_alice.post(address(conversation, "delete")).status_code for _ in range(2)]
        assert answers == [HTTPStatus.SEE_OTHER, HTTPStatus.NOT_FOUND]

    def test_undoing_twice_is_undoing_once(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        at_alice.post(address(conversation, "delete"))
        for _ in range(2):
            assert at_alice.post(address(conversation, "restore")).status_code == HTTPStatus.SEE_OTHER
        assert fresh(conversation).revision == conversation.revision + 2

    def test_a_reply_that_is_written_ends_with_it(self, at_alice: Client, alice: User) -> None:
        turn = asked(alice)
        at_alice.post(address(turn.conversation, "delete"))
        assert Turn.objects.get(pk=turn.pk).state == TurnState.STOPPED

    def test_nobody_is_told_of_somebody_elses_deletion(self, at_alice: Client, at_bob: Client, alice: User) -> None:
        conversation = answered(alice, "Unlucky?").conversation
        at_alice.post(address(conversation, "delete"))
        assert "Unlucky" not in words(at_bob.get(f"/?deleted={conversation.code}"))


class TestList:
    def test_the_newest_stand_first_and_nobody_elses(self, at_alice: Client, alice: User, bob: User) -> None:
        first, second = answered(alice, "First?"), answered(alice, "Second?")
        answered(bob, "Bob's?")
        shown = html(at_alice.get("/"))
        assert shown.index(str(second.conversation.code)) < shown.index(str(first.conversation.code))
        assert "Bob" not in shown

    def test_the_open_conversation_is_marked(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        shown = html(at_alice.get(f"/c/{conversation.code}/"))
        assert f'href="/c/{conversation.code}/" aria-current="page"' in shown

    def test_more_than_fifty_are_on_a_page_of_their_own(self, at_alice: Client, alice: User) -> None:
        turn = asked(alice)
        Conversation.objects.bulk_create(
            Conversation(owner=alice, title=f"Number {n}", model_name="m", active_at=turn.queued_at) for n in range(51)
        )
        sidebar, everything = html(at_alice.get("/")), html(at_alice.get("/conversations/"))
        assert sidebar.count('<li id="conversation-') == 50
        assert 'href="/conversations/"' in sidebar
        assert everything.count('class="entries__item"') == 52
