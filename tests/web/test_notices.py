"""Notices as people find, open and put them away."""

from __future__ import annotations

import uuid
from http import HTTPStatus

import pytest
from django.test import Client

from conversations import notices
from conversations.models import Notice, NoticeKind, User
from tests.people import answered

from .pages import HTMX, html, words

COMMANDS = ("open", "read")


def told(somebody: User, name: str = "Bo") -> Notice:
    return notices.tell(somebody, NoticeKind.INVITATION_ACCEPTED, name=name)


def is_read(notice: Notice) -> bool:
    return Notice.objects.get(pk=notice.pk).read_at is not None


@pytest.mark.parametrize("command", COMMANDS)
class TestACommand:
    def test_is_a_post(self, at_alice: Client, alice: User, command: str) -> None:
        address = f"/notices/{told(alice).code}/{command}/"
        assert at_alice.get(address).status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_of_another_persons_notice_finds_nothing(self, at_bob: Client, alice: User, command: str) -> None:
        notice = told(alice)
        assert at_bob.post(f"/notices/{notice.code}/{command}/").status_code == HTTPStatus.NOT_FOUND
        assert not is_read(notice)

    def test_of_nothing_finds_nothing(self, at_alice: Client, command: str) -> None:
        assert at_alice.post(f"/notices/{uuid.uuid4()}/{command}/").status_code == HTTPStatus.NOT_FOUND

    def test_of_a_stranger_asks_who_it_is(self, at_stranger: Client, alice: User, command: str) -> None:
        notice = told(alice)
        assert at_stranger.post(f"/notices/{notice.code}/{command}/").status_code == HTTPStatus.UNAUTHORIZED
        assert not is_read(notice)

    def test_twice_is_as_good_as_once(self, at_alice: Client, alice: User, command: str) -> None:
        notice = told(alice)
        for _ in range(2):
            answer = at_alice.post(f"/notices/{notice.code}/{command}/")
            assert (answer.status_code, answer["Location"]) == (HTTPStatus.SEE_OTHER, "/notices/")
        assert is_read(notice)


class TestOpening:
    def test_leads_to_the_conversation_that_it_is_about(self, at_alice: Client, alice: User) -> None:
        code = answered(alice).conversation.code
        notice = notices.tell(alice, NoticeKind.NOT_SENT, conversation=str(code))
        assert at_alice.post(f"/notices/{notice.code}/open/")["Location"] == f"/c/{code}/"

    def test_from_an_open_page_leaves_it(self, at_alice: Client, alice: User) -> None:
        answer = at_alice.post(f"/notices/{told(alice).code}/open/", headers=HTMX)
        assert answer["HX-Redirect"] == "/notices/"


class TestPuttingAway:
    def test_leads_back_to_where_one_was(self, at_alice: Client, alice: User) -> None:
        answer = at_alice.post(f"/notices/{told(alice).code}/read/", {"next": "/preferences/"})
        assert answer["Location"] == "/preferences/"

    def test_never_leads_elsewhere(self, at_alice: Client, alice: User) -> None:
        answer = at_alice.post(f"/notices/{told(alice).code}/read/", {"next": "https://evil.example/"})
        assert answer["Location"] == "/notices/"

    def test_from_an_open_page_leaves_the_drawing_to_its_socket(self, at_alice: Client, alice: User) -> None:
        answer = at_alice.post(f"/notices/{told(alice).code}/read/", headers=HTMX)
        assert (answer.status_code, answer.content) == (HTTPStatus.OK, b"")
        assert "HX-Refresh" not in answer

    def test_on_the_page_of_all_notices_loads_it_anew(self, at_alice: Client, alice: User) -> None:
        here = {**HTMX, "HX-Current-URL": "http://testserver/notices/?page=1"}
        assert at_alice.post(f"/notices/{told(alice).code}/read/", headers=here)["HX-Refresh"] == "true"

    def test_of_all_leaves_nothing_unread(self, at_alice: Client, alice: User, bob: User) -> None:
        mine, theirs = [told(alice), told(alice)], told(bob)
        assert at_alice.post("/notices/read/")["Location"] == "/notices/"
        assert [is_read(notice) for notice in (*mine, theirs)] == [True, True, False]
        assert at_alice.get("/notices/read/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


class TestEveryPage:
    def test_counts_what_is_unread_in_its_title_and_shows_the_newest(self, at_alice: Client, alice: User) -> None:
        for name in ("Ann", "Ben", "Cleo", "Dan"):
            told(alice, name)
        page = at_alice.get("/")
        assert "<title>(4) New conversation" in html(page)
        shown = words(page)
        assert "4 notices" in shown
        assert "1 more" in shown
        assert [name for name in ("Ann", "Ben", "Cleo", "Dan") if f"{name} has accepted" in shown] == [
            "Ben",
            "Cleo",
            "Dan",
        ]

    def test_says_nothing_when_all_is_read(self, at_alice: Client, alice: User) -> None:
        told(alice)
        notices.read_all(alice)
        page = html(at_alice.get("/"))
        assert "<title>New conversation" in page
        assert "notice-count" not in page

    def test_shows_nobody_elses(self, at_bob: Client, alice: User) -> None:
        told(alice)
        assert "accepted" not in html(at_bob.get("/"))


class TestThePageOfAll:
    def test_belongs_to_those_who_are_signed_in(self, at_stranger: Client) -> None:
        assert at_stranger.get("/notices/")["Location"] == "/accounts/login/?next=/notices/"

    def test_shows_what_was_read_as_well(self, at_alice: Client, alice: User) -> None:
        told(alice, "Ann")
        notices.read_all(alice)
        told(alice, "Ben")
        shown = words(at_alice.get("/notices/")).partition("Mark all as read")[2]
        assert shown.index("Ben has accepted your invitation. (unread)") < shown.index(
            "Ann has accepted your invitation."
        )
        assert "(unread)" not in shown.partition("Ann has")[2]

    def test_says_so_when_there_are_none(self, at_alice: Client) -> None:
        assert "There is nothing that you have to know." in words(at_alice.get("/notices/"))

    def test_has_as_many_pages_as_it_takes(self, at_alice: Client, alice: User) -> None:
        for n in range(51):
            told(alice, f"N{n:02}")
        assert "N00 has" not in words(at_alice.get("/notices/"))
        assert "N00 has" in words(at_alice.get("/notices/?page=2"))

    def test_escapes_what_people_call_themselves(self, at_alice: Client, alice: User) -> None:
        told(alice, "<b>Bo</b>")
        assert "&lt;b&gt;Bo&lt;/b&gt; has accepted" in html(at_alice.get("/notices/"))
