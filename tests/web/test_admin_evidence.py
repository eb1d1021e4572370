"""Flags, events, exposures and the chain in the admin: for looking only, and without a word of what was written."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client

from conversations import clock, evidence, moderation
from conversations.accounts import add_person
from conversations.admin import cases
from conversations.defaults import ADMINISTRATOR
from conversations.models import (
    AuditEntry,
    EvidenceEntry,
    Exposure,
    Flag,
    ReviewCase,
    ReviewEvent,
    SeenBy,
    User,
)
from conversations.moderation import Seen
from tests import people
from tests.guards import lifted

from .pages import html, words

RECORDS = {"flag": Flag, "reviewevent": ReviewEvent, "exposure": Exposure, "evidenceentry": EvidenceEntry}
VERIFY = "/admin/conversations/evidenceentry/verify/"
Browser = Callable[[User | None], Client]


@pytest.fixture
def at_administrator(browser: Browser) -> Client:
    return browser(add_person("root", "a good password", ADMINISTRATOR))


@pytest.fixture
def case(alice: User) -> ReviewCase:
    """A case with a flag of a filter, one of its reader with words, an event and an exposure."""
    turn = people.withheld(alice, "Asked words", "A secret.")
    case = people.released(turn.reply)
    moderation.keep_seen([Seen(case.message_code, alice.code, "session", SeenBy.SOCKET, 9, clock.now())])
    assert moderation.report(people.fresh(turn).reply, alice, "report_wrong", "Words of a reader")
    return case


@pytest.mark.parametrize("record", RECORDS)
class TestEachRecord:
    def test_is_looked_at_without_a_word_of_what_was_written(
        self, at_administrator: Client, case: ReviewCase, record: str
    ) -> None:
        rows = RECORDS[record].objects.all()
        assert rows
        addresses = ["", *(f"{row.pk}/change/" for row in rows)]
        for address in addresses:
            page = at_administrator.get(f"/admin/conversations/{record}/{address}")
            assert page.status_code == HTTPStatus.OK
            assert not any(text in html(page) for text in ("A secret.", "Asked words", "Words of a reader"))

    def test_is_neither_added_changed_nor_deleted(
        self, at_administrator: Client, case: ReviewCase, record: str
    ) -> None:
        place, pk = f"/admin/conversations/{record}/", RECORDS[record].objects.latest("pk").pk
        for address in ("add/", f"{pk}/change/", f"{pk}/delete/"):
            assert at_administrator.post(place + address, {"reason": "why not"}).status_code == HTTPStatus.FORBIDDEN

    def test_is_no_business_of_members(self, at_bob: Client, record: str) -> None:
        assert at_bob.get(f"/admin/conversations/{record}/").status_code == HTTPStatus.FOUND


class TestTheChain:
    def test_is_shown_with_its_end(self, at_administrator: Client, case: ReviewCase) -> None:
        assert str(evidence.head()) in words(at_administrator.get("/admin/conversations/evidenceentry/"))

    def test_is_verified_and_who_asked_for_it_is_kept(self, at_administrator: Client, case: ReviewCase) -> None:
        head = evidence.head()
        told = words(at_administrator.post(VERIFY, follow=True))
        assert f"{head.seq} entries are whole. The chain ends with {head}." in told
        entry = AuditEntry.objects.get(action="evidence.verified")
        assert (entry.after["count"], entry.after["fault"]) == (head.seq, "")

    def test_that_was_changed_is_told_with_the_entry(self, at_administrator: Client, case: ReviewCase) -> None:
        with lifted():
            EvidenceEntry.objects.filter(pk=2).update(kind="seen")
        assert "Entry 2 is not as it was sealed (altered)" in words(at_administrator.post(VERIFY, follow=True))
        assert AuditEntry.objects.get(action="evidence.verified").after["fault"] == "2 altered"

    def test_is_not_verified_by_following_a_link(self, at_administrator: Client) -> None:
        assert at_administrator.get(VERIFY).status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_is_no_business_of_reviewers(self, browser: Browser) -> None:
        person = people.reviewer()
        User.objects.filter(pk=person.pk).update(is_staff=True)
        assert browser(person).post(VERIFY).status_code == HTTPStatus.FORBIDDEN


def test_a_verdict_is_about_a_bounded_number_of_cases(
    browser: Browser, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = people.reviewer()
    User.objects.filter(pk=person.pk).update(is_staff=True)
    monkeypatch.setattr(cases, "AT_ONCE", 1)
    found = [people.case_of(people.withheld(alice).reply).pk for _ in range(2)]
    data = {"_selected_action": found, "reason_code": "harmless", "note": ""}
    for action in ("claim", "release"):
        response = browser(person).post("/admin/conversations/reviewcase/", {"action": action, **data}, follow=True)
        assert "2 cases are too many at once" in words(response)
    assert set(ReviewCase.objects.values_list("state", flat=True)) == {"open"}


def test_the_list_of_cases_counts_flags_of_its_page_only(
    at_administrator: Client, alice: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    people.withheld(alice)
    with django_assert_max_num_queries(14):
        page = words(at_administrator.get("/admin/conversations/reviewcase/"))
    assert "1 review case" in page
