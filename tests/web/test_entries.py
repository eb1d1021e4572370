"""The list of conversations, names, and what is deleted."""

import uuid
from http import HTTPStatus

import pytest
from django.test import Client

from conversations import retention
from conversations.models import Conversation, Turn, TurnState, User, text_part
from tests.people import answered, asked, claimed, ended, person, running

from .pages import HTMX, html, words

HOSTILE = '"><script>alert(1)</script>'


def address(conversation: Conversation, command: str) -> str:
    return f"/c/{conversation.code}/{command}/"


def fresh(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


@pytest.mark.parametrize("command", ["delete", "restore", "read"])
def test_a_command_is_a_post(at_alice: Client, alice: User, command: str) -> None:
    response = at_alice.get(address(answered(alice).conversation, command))
    assert response.status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("command", ["rename", "delete", "restore", "read"])
class TestEach:
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

    def test_there_is_a_page_for_it(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice, "Old name").conversation
        page = html(at_alice.get(address(conversation, "rename")))
        assert 'value="Old name"' in page
        assert f'action="{address(conversation, "delete")}"' in page

    def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        form = {"title": "\u202e", "next": "/conversations/?before=x"}
        page = html(at_alice.post(address(conversation, "rename"), form))
        assert "A conversation needs a name." in page
        assert 'value="/conversations/?before=x"' in page

    def test_a_script_is_told_what_is_wrong(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        response = at_alice.post(address(conversation, "rename"), {"title": ""}, headers=HTMX)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert words(response) == "A conversation needs a name."

    def test_a_script_stays_where_it_is(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        response = at_alice.post(address(conversation, "rename"), {"title": "Tides"}, headers=HTMX)
        assert (response.status_code, response.content, response.get("HX-Push-Url")) == (HTTPStatus.OK, b"", None)

    @pytest.mark.parametrize(
        ("said", "leads_to"), [("/conversations/?before=x", "/conversations/?before=x"), ("//evil.example", "")]
    )
    def test_it_leads_back_to_where_one_came_from(
        self, at_alice: Client, alice: User, said: str, leads_to: str
    ) -> None:
        conversation = answered(alice).conversation
        response = at_alice.post(address(conversation, "rename"), {"title": "Tides", "next": said})
        assert response["Location"] == (leads_to or f"/c/{conversation.code}/")


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

    def test_a_script_on_its_page_is_sent_to_the_new_page(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        here = {"HX-Current-URL": f"http://testserver/c/{conversation.code}/"}
        response = at_alice.post(address(conversation, "delete"), headers=HTMX | here)
        assert response["HX-Redirect"] == f"/?deleted={conversation.code}"

    def test_a_script_elsewhere_is_told_and_can_undo(self, at_alice: Client, alice: User) -> None:
        gone, open_one = answered(alice, "Unlucky?").conversation, answered(alice).conversation
        here = {"HX-Current-URL": f"http://testserver/c/{open_one.code}/"}
        told = at_alice.post(address(gone, "delete"), headers=HTMX | here)
        assert words(told) == "“Unlucky?” is deleted. Undo"
        assert f'hx-post="{address(gone, "restore")}"' in html(told)
        back = at_alice.post(address(gone, "restore"), headers=HTMX | here)
        assert (back.status_code, back.content) == (HTTPStatus.OK, b"")
        assert fresh(gone).deleted_at is None

    def test_it_comes_back_to_its_place_on_open_pages(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        at_alice.post(address(conversation, "delete"))
        at_alice.post(address(conversation, "restore"))
        after = fresh(conversation)
        assert after.risen_revision == after.listed_revision == User.objects.get(pk=alice.pk).revision
        assert after.active_at == conversation.active_at

    def test_a_second_time_there_is_nothing_to_delete(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        answers = [at_alice.post(address(conversation, "delete")).status_code for _ in range(2)]
        assert answers == [HTTPStatus.SEE_OTHER, HTTPStatus.NOT_FOUND]

    def test_it_cannot_be_undone_once_an_administrator_has_deleted_it(
        self, at_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        conversation = answered(alice).conversation
        at_alice.post(address(conversation, "delete"))
        raised = Conversation.next_revision

        def deleted_meanwhile(waiting: Conversation) -> int:
            monkeypatch.setattr(Conversation, "next_revision", raised)
            assert retention.delete_conversation(conversation.code, person("root"), "against the rules")
            return raised(waiting)

        monkeypatch.setattr(Conversation, "next_revision", deleted_meanwhile)
        assert at_alice.post(address(conversation, "restore")).status_code == HTTPStatus.NOT_FOUND
        assert fresh(conversation).deleted_at is not None

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


class TestNews:
    """What came by itself and its person has not had in view."""

    def test_is_a_reply_that_ended(self, at_alice: Client, alice: User) -> None:
        turn = asked(alice)
        assert not fresh(turn.conversation).is_unread
        claimed(turn)
        ended(turn, text_part("Hi."))
        assert fresh(turn.conversation).is_unread

    def test_is_none_that_its_person_stopped(self, alice: User) -> None:
        turn = ended(running(alice), text_part("So far"), TurnState.STOPPED)
        assert not turn.conversation.is_unread

    def test_is_read_when_its_page_is_opened(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        assert "new reply" not in words(at_alice.get(f"/c/{conversation.code}/"))
        assert not fresh(conversation).is_unread

    def test_moves_the_list_of_other_pages(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        listed = User.objects.get(pk=alice.pk).revision
        page = html(at_alice.get(f"/c/{conversation.code}/"))
        assert fresh(conversation).listed_revision == User.objects.get(pk=alice.pk).revision == listed + 1
        assert f'data-list="{listed + 1}"' in page
        assert fresh(conversation).revision == conversation.revision

    @pytest.mark.parametrize("way", ["head", "prefetch", "markdown", "earlier", "stranger"])
    def test_is_not_read_by_whoever_does_not_look(
        self, at_alice: Client, at_bob: Client, alice: User, way: str
    ) -> None:
        turn = answered(alice)
        path = f"/c/{turn.conversation.code}/"
        match way:
            case "head":
                at_alice.head(path)
            case "prefetch":
                at_alice.get(path, headers={"Sec-Purpose": "prefetch;prerender"})
            case "markdown":
                at_alice.get(f"{path}messages/{turn.reply.code}.md")
            case "earlier":
                at_alice.get(f"{path}?before={turn.reply.code}", headers=HTMX)
            case "stranger":
                at_bob.get(path)
        assert fresh(turn.conversation).is_unread

    def test_is_read_when_a_page_says_that_it_is_in_view(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        response = at_alice.post(address(conversation, "read"), {"revision": conversation.revision}, headers=HTMX)
        assert response.status_code == HTTPStatus.NO_CONTENT
        assert not fresh(conversation).is_unread

    @pytest.mark.parametrize("said", ["", "0", "1", "-2", "x", "99", "9" * 40, "２"])
    def test_is_not_read_by_a_page_that_does_not_show_it(self, at_alice: Client, alice: User, said: str) -> None:
        conversation = answered(alice).conversation
        at_alice.post(address(conversation, "read"), {"revision": said})
        assert fresh(conversation).is_unread

    def test_costs_nothing_where_there_is_none(
        self, at_alice: Client, alice: User, django_assert_num_queries: object
    ) -> None:
        conversation = answered(alice).conversation
        at_alice.get(f"/c/{conversation.code}/")
        listed = User.objects.get(pk=alice.pk).revision
        with django_assert_num_queries(3):  # type: ignore[operator]
            at_alice.post(address(conversation, "read"), {"revision": conversation.revision})
        at_alice.get(f"/c/{conversation.code}/")
        assert User.objects.get(pk=alice.pk).revision == listed

    def test_that_comes_while_one_reads_is_unread(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        at_alice.get(f"/c/{conversation.code}/")
        answered(alice, "More?", "More.", conversation)
        assert fresh(conversation).is_unread

    def test_is_not_a_name_or_another_alternative(self, at_alice: Client, alice: User) -> None:
        turn = answered(alice)
        at_alice.get(f"/c/{turn.conversation.code}/")
        at_alice.post(address(turn.conversation, "rename"), {"title": "Tides"})
        at_alice.post(f"/c/{turn.conversation.code}/messages/{turn.reply.code}/show/")
        assert not fresh(turn.conversation).is_unread
