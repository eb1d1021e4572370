"""The page of all conversations, what is loaded behind the newest, and the list out of the way."""

import datetime as dt
import re
import uuid
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations import clock
from conversations.models import Conversation, Turn, TurnState, User
from conversations.web.listing import PER_PAGE
from tests.people import answered, asked, running

from .pages import HTMX, html, words

HOUR = dt.timedelta(hours=1)


def conversations(owner: User, count: int) -> list[Conversation]:
    """Number 0 is the newest."""
    now = clock.now()
    return Conversation.objects.bulk_create(
        Conversation(owner=owner, title=f"Number {n}.", model_name="m", active_at=now - n * HOUR) for n in range(count)
    )


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"(?:<bdi[^>]*>|dir=\"auto\"[^>]*>)Number (\d+)\.", page)]


def address(page: str, name: str) -> str:
    """Where the link of that name leads."""
    found = re.search(rf'<a [^>]*href="(/conversations/\?[^"]*|\?[^"]*)"[^>]*>(?:<svg.*?</svg>)?{name}', page)
    assert found, f"no link {name}"
    return "/conversations/" + found[1].removeprefix("/conversations/")


def main_of(page: str) -> str:
    return page.partition("<main")[2]


class TestTheSidebar:
    def test_shows_the_newest_first_and_nobody_elses(self, at_alice: Client, alice: User, bob: User) -> None:
        first, second = answered(alice, "First?"), answered(alice, "Second?")
        answered(bob, "Bob's?")
        shown = html(at_alice.get("/"))
        assert shown.index(str(second.conversation.code)) < shown.index(str(first.conversation.code))
        assert "Bob" not in shown

    def test_marks_the_open_conversation(self, at_alice: Client, alice: User) -> None:
        conversation = answered(alice).conversation
        shown = html(at_alice.get(f"/c/{conversation.code}/"))
        assert f'href="/c/{conversation.code}/" aria-current="page"' in shown

    def test_says_that_there_is_news_and_that_a_reply_is_being_written(self, at_alice: Client, alice: User) -> None:
        answered(alice, "News")
        asked(alice, "Work")
        assert "Work , writing… News , new reply" in words(at_alice.get("/"))

    def test_says_which_reply_waits_for_its_person(self, at_alice: Client, alice: User) -> None:
        Turn.objects.filter(pk=running(alice, "Allow?").pk).update(state=TurnState.WAITING)
        asked(alice, "Work")
        assert "Work , writing… Allow? , waits for you" in words(at_alice.get("/"))

    def test_says_so_in_chinese(self, at_alice: Client, alice: User) -> None:
        answered(alice, "News")
        assert "今天 News ，有新回复" in words(at_alice.get("/", headers={"Accept-Language": "zh-CN"}))

    def test_stands_on_pages_that_know_nothing_of_it(self, at_alice: Client, alice: User) -> None:
        answered(alice, "A name")
        assert "Today A name" in words(at_alice.get("/preferences/"))

    def test_names_the_language_of_a_name_in_another(self, at_alice: Client, alice: User) -> None:
        answered(alice, "读《营造法式》卷五")
        answered(alice, "What is this?")
        shown = html(at_alice.get("/"))
        assert '<span class="sidebar__name" dir="auto" lang="zh">读' in shown
        assert '<span class="sidebar__name" dir="auto">What' in shown

    def test_goes_on_where_it_ends(self, at_alice: Client, alice: User) -> None:
        conversations(alice, 120)
        page = html(at_alice.get("/"))
        assert numbers(page) == list(range(50))
        second = html(at_alice.get(address(page, "Older conversations"), headers=HTMX))
        assert numbers(second) == list(range(50, 100))
        assert "<main" not in second
        third = html(at_alice.get(address(second, "Older conversations"), headers=HTMX))
        assert numbers(third) == list(range(100, 120))
        assert "Older conversations" not in third

    def test_marks_the_open_conversation_among_older_ones(self, at_alice: Client, alice: User) -> None:
        deep = conversations(alice, 60)[55]
        link = address(html(at_alice.get("/")), "Older conversations")
        headers = HTMX | {"HX-Current-URL": f"http://testserver/c/{deep.code}/?before=x#y"}
        assert html(at_alice.get(link, headers=headers)).count("aria-current") == 1
        for elsewhere in ("", "nonsense", "http://testserver/", f"http://testserver/c/{uuid.uuid4()}/"):
            assert "aria-current" not in html(at_alice.get(link, headers=HTMX | {"HX-Current-URL": elsewhere}))

    def test_costs_as_many_queries_with_ten_thousand(self, at_alice: Client, alice: User) -> None:
        conversations(alice, 1)
        counts = []
        for more in (10_000, 0):
            with CaptureQueriesContext(connection) as asked_for:
                at_alice.get("/")
            counts.append(len(asked_for))
            conversations(alice, more)
        assert counts[0] == counts[1]


class TestAllConversations:
    def test_are_on_pages_that_lead_there_and_back(self, at_alice: Client, alice: User) -> None:
        conversations(alice, 2 * PER_PAGE + 5)
        first = main_of(html(at_alice.get("/conversations/")))
        second = main_of(html(at_alice.get(address(first, "Older"))))
        third = main_of(html(at_alice.get(address(second, "Older"))))
        found = [numbers(each) for each in (first, second, third)]
        assert [number for each in found for number in each] == list(range(2 * PER_PAGE + 5))
        assert [len(each) for each in found] == [PER_PAGE, PER_PAGE, 5]
        assert numbers(main_of(html(at_alice.get(address(third, "Newer"))))) == found[1]
        back = main_of(html(at_alice.get(address(second, "Newer"))))
        assert numbers(back) == found[0]
        assert "Newer" not in back
        assert "Older" not in third

    def test_are_where_the_link_of_the_sidebar_leads_without_a_script(self, at_alice: Client, alice: User) -> None:
        conversations(alice, 60)
        link = address(html(at_alice.get("/")), "Older conversations")
        assert numbers(main_of(html(at_alice.get(link)))) == list(range(50, 60))

    def test_are_a_way_forward_when_there_are_none(self, at_alice: Client) -> None:
        assert "No conversations yet" in words(at_alice.get("/conversations/"))

    @pytest.mark.parametrize("query", ["before=x", "after=", "page=3", f"before=-1.{'0' * 32}", f"after=0.{'0' * 32}"])
    def test_are_there_whatever_the_address_says(self, at_alice: Client, alice: User, query: str) -> None:
        conversations(alice, 3)
        assert numbers(main_of(html(at_alice.get(f"/conversations/?{query}")))) == [0, 1, 2]

    def test_can_be_deleted_and_brought_back_from_there(self, at_alice: Client, alice: User) -> None:
        rows = conversations(alice, PER_PAGE + 5)
        second = address(main_of(html(at_alice.get("/conversations/"))), "Older")
        entry = rows[PER_PAGE + 2]
        told = at_alice.post(f"/c/{entry.code}/delete/", {"next": second}, follow=True)
        assert f"“Number {PER_PAGE + 2}.” is deleted." in words(told)
        assert numbers(main_of(html(told))) == [PER_PAGE + n for n in (0, 1, 3, 4)]
        back = at_alice.post(f"/c/{entry.code}/restore/", {"next": second}, follow=True)
        assert numbers(main_of(html(back))) == [PER_PAGE + n for n in range(5)]

    def test_ask_strangers_to_sign_in(self, at_stranger: Client) -> None:
        assert at_stranger.get("/conversations/").status_code == HTTPStatus.FOUND

    def test_hold_nobody_elses(self, at_bob: Client, alice: User) -> None:
        conversations(alice, 3)
        assert numbers(html(at_bob.get("/conversations/"))) == []


class TestFolding:
    def test_is_remembered_by_the_browser(self, at_alice: Client) -> None:
        assert '<body class="page"' in html(at_alice.get("/"))
        folded = at_alice.post("/conversations/fold/", {"folded": "yes", "next": "/conversations/"})
        assert (folded.status_code, folded["Location"]) == (HTTPStatus.SEE_OTHER, "/conversations/")
        assert '<body class="page page--folded"' in html(at_alice.get("/"))
        at_alice.post("/conversations/fold/", {"folded": ""})
        assert '<body class="page"' in html(at_alice.get("/"))

    def test_draws_nothing_for_a_script(self, at_alice: Client) -> None:
        response = at_alice.post("/conversations/fold/", {"folded": "yes"}, headers=HTMX)
        assert response.status_code == HTTPStatus.NO_CONTENT
        cookie = response.cookies["chatsite-list"]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")

    @pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
    def test_leads_nowhere_else(self, at_alice: Client, address: str) -> None:
        assert at_alice.post("/conversations/fold/", {"next": address})["Location"] == "/"

    def test_is_a_post_of_somebody_signed_in(self, at_alice: Client, at_stranger: Client) -> None:
        assert at_alice.get("/conversations/fold/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert at_stranger.post("/conversations/fold/").status_code == HTTPStatus.UNAUTHORIZED
