"""The page of what was used: whose, in what time, of which model; and the same as a table."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from conversations import clock, usage
from conversations.defaults import ADMINISTRATOR
from conversations.models import User
from tests import people
from tests.usage.calls import NOON, REFUSED, UNTOLD, call
from tests.web.pages import html, words

OWN, ALL = "/usage/", "/usage/all/"


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON + dt.timedelta(hours=1))


@pytest.fixture
def at_admin(browser: Any, db: None) -> Client:
    somebody = people.person("root")
    somebody.groups.add(Group.objects.get(name=ADMINISTRATOR))
    return browser(User.objects.get(pk=somebody.pk))


def used(person: User, **fields: Any) -> None:
    call(person_code=person.code, **fields)


def counted() -> None:
    usage.roll_up()


class TestOnesOwn:
    def test_says_what_was_used(self, alice: User, at_alice: Client) -> None:
        used(alice, prompt_tokens=1234, completion_tokens=56_789_012)
        counted()
        page = words(at_alice.get(OWN))
        assert "1,234" in page
        assert "56,789,012" in page
        assert "56.8 M" in page

    def test_says_nothing_of_others(self, bob: User, at_alice: Client) -> None:
        used(bob, model_asked="glm-of-bob")
        counted()
        page = words(at_alice.get(OWN))
        assert "glm-of-bob" not in page
        assert "Nothing was used in this time." in page
        assert "glm-of-bob" not in html(at_alice.get(OWN, {"person": str(bob.code)}))

    def test_is_for_people_who_are_signed_in(self, at_stranger: Client) -> None:
        assert at_stranger.get(OWN).status_code == 302

    def test_shows_unknown_as_unknown(self, alice: User, at_alice: Client) -> None:
        used(alice, **UNTOLD)
        counted()
        page = html(at_alice.get(OWN))
        assert "1 request" in words(at_alice.get(OWN))
        assert page.count('<span class="unknown">unknown</span>') >= 4
        assert "chart__unknown" in page
        assert not re.search(r'class="end[^"]*">0<', page)

    def test_says_at_least_where_some_was_not_told(self, alice: User, at_alice: Client) -> None:
        used(alice)
        used(alice, **UNTOLD)
        counted()
        assert "at least 100" in words(at_alice.get(OWN))

    def test_counts_what_failed(self, alice: User, at_alice: Client) -> None:
        used(alice)
        used(alice, **REFUSED)
        counted()
        page = words(at_alice.get(OWN))
        assert "1 failed" in page
        assert "Usage unknown" not in page

    def test_is_empty_before_anything_was_counted(self, at_alice: Client) -> None:
        assert "Nothing was used in this time." in words(at_alice.get(OWN))

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_large_numbers_follow_the_language(self, language: str, alice: User, at_alice: Client) -> None:
        User.objects.filter(pk=alice.pk).update(language=language)
        used(alice, prompt_tokens=12_840_000, completion_tokens=0)
        counted()
        assert {"en": "12.8 M", "zh-hans": "1,284 万"}[language] in words(at_alice.get(OWN))


class TestTheFilters:
    def test_narrow_to_a_model_and_a_kind(self, alice: User, at_alice: Client) -> None:
        used(alice, model_asked="glm-4.6", prompt_tokens=7, kind="title")
        used(alice, model_asked="glm-5.3", prompt_tokens=70_007)
        counted()
        of_model = words(at_alice.get(OWN, {"model": "glm-4.6"}))
        assert "70,007" not in of_model
        assert "glm-5.3" in of_model  # it can still be chosen
        assert "70,007" not in words(at_alice.get(OWN, {"kind": "title"}))
        assert "70,007" in words(at_alice.get(OWN, {"kind": "chat"}))

    def test_narrow_to_a_month(self, alice: User, at_alice: Client) -> None:
        used(alice, started_at=NOON - dt.timedelta(days=40), prompt_tokens=4242)
        used(alice, prompt_tokens=1717)
        counted()
        assert "4,242" not in words(at_alice.get(OWN))
        october = words(at_alice.get(OWN, {"period": "2026-10"}))
        assert "4,242" in october
        assert "1,717" not in october

    @pytest.mark.parametrize(
        ("asked", "told"),
        [
            ({"period": "yesterday"}, "There is no such period."),
            ({"period": "1999-01"}, "There is no such period."),
            ({"kind": "magic"}, "There is no such kind of request."),
        ],
    )
    def test_say_what_cannot_be(self, asked: dict[str, str], told: str, alice: User, at_alice: Client) -> None:
        used(alice, prompt_tokens=1717)
        counted()
        response = at_alice.get(OWN, asked)
        assert response.status_code == 400
        assert told in words(response)
        assert "1,717" in words(response)

    @pytest.mark.parametrize("model", ["\x00", "x" * 500, "<script data-foreign>"])
    def test_take_any_word_for_a_model(self, model: str, alice: User, at_alice: Client) -> None:
        used(alice)
        counted()
        response = at_alice.get(OWN, {"model": model})
        assert response.status_code in (200, 400)
        assert "<script data-foreign" not in html(response)


class TestEverybodys:
    def test_is_for_administrators(self, at_alice: Client) -> None:
        assert at_alice.get(ALL).status_code == 403
        assert ALL not in html(at_alice.get(OWN))

    def test_names_who_used_most_first(self, alice: User, bob: User, at_admin: Client) -> None:
        used(alice)
        used(bob, prompt_tokens=5000)
        counted()
        page = words(at_admin.get(ALL))
        assert page.index("bob") < page.index("alice")

    def test_looks_at_one_person(self, alice: User, bob: User, at_admin: Client) -> None:
        used(alice, prompt_tokens=1717)
        used(bob, prompt_tokens=4242)
        counted()
        page = words(at_admin.get(ALL, {"person": str(alice.code)}))
        assert "Only alice." in page
        assert "1,717" in page
        assert "4,242" not in page

    def test_keeps_what_deleted_accounts_used(self, at_admin: Client) -> None:
        call(prompt_tokens=1717)
        counted()
        assert "deleted account" in words(at_admin.get(ALL))

    def test_refuses_a_person_that_cannot_be(self, at_admin: Client) -> None:
        response = at_admin.get(ALL, {"person": "bob"})
        assert response.status_code == 400
        assert "There is no such person." in words(response)


def table(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


class TestTheTable:
    def test_has_the_rows_of_what_is_shown(self, alice: User, bob: User, at_alice: Client) -> None:
        used(alice, prompt_tokens=1717)
        used(alice, **UNTOLD)
        used(bob)
        counted()
        response = at_alice.get(OWN, {"format": "csv"})
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"] == 'attachment; filename="usage-2026-10-22-2026-11-20.csv"'
        (row,) = table(response)
        assert (row["day"], row["model"], row["prompt_tokens"], row["prompt_unknown"]) == (
            *("2026-11-20", "glm-5.3", "1717", "1"),
        )
        assert "person" not in row

    def test_names_people_for_administrators(self, alice: User, at_admin: Client) -> None:
        used(alice)
        counted()
        assert [row["person"] for row in table(at_admin.get(ALL, {"format": "csv"}))] == ["alice"]

    def test_has_no_formulas(self, alice: User, at_alice: Client) -> None:
        used(alice, model_asked="=HYPERLINK(1)")
        counted()
        assert [row["model"] for row in table(at_alice.get(OWN, {"format": "csv"}))] == ["'=HYPERLINK(1)"]


class TestOfAConversation:
    def test_adds_up_all_its_replies(self, alice: User, at_alice: Client) -> None:
        turn = people.answered(alice)
        again = people.answered(alice, "More?", conversation=turn.conversation)
        for each, tokens in ((turn, 1000), (again, 717)):
            each.calls.update(prompt_tokens=tokens, completion_tokens=1, first_byte_at=NOON, http_status=200)
        assert "1,717" in words(at_alice.get(f"/c/{turn.conversation.code}/usage/"))

    def test_is_its_persons(self, alice: User, at_bob: Client) -> None:
        turn = people.answered(alice)
        assert at_bob.get(f"/c/{turn.conversation.code}/usage/").status_code == 404

    def test_is_led_to_from_its_page(self, alice: User, at_alice: Client) -> None:
        turn = people.answered(alice)
        assert f"/c/{turn.conversation.code}/usage/" in html(at_alice.get(f"/c/{turn.conversation.code}/"))


class TestCost:
    def test_of_the_page_does_not_grow_with_what_was_used(
        self, alice: User, at_alice: Client, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(20):
            used(alice, model_asked=f"glm-{number}", started_at=NOON - dt.timedelta(days=number))
        counted()
        with django_assert_max_num_queries(14):
            at_alice.get(OWN)
