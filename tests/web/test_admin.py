"""The administrators' records: facts without text, verdicts and looks with a reason."""

import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import conversations
from conversations import moderation
from conversations.accounts import add_person
from conversations.admin import records
from conversations.admin.names import action_in_words
from conversations.defaults import ADMINISTRATOR
from conversations.models import AuditEntry, Message, ReviewCase, Turn, UpstreamCall, User
from conversations.web import ends
from tests.people import answered, reviewer, withheld

from .pages import html, words

SECRET = "A secret."
RECORDS = ("conversation", "message", "turn", "upstreamcall", "reviewcase", "auditentry")
Browser = Callable[[User | None], Client]


@pytest.fixture
def at_administrator(browser: Browser) -> Client:
    return browser(add_person("root", "a good password", ADMINISTRATOR))


@pytest.fixture
def at_reviewer(browser: Browser) -> Client:
    person = reviewer()
    User.objects.filter(pk=person.pk).update(is_staff=True)
    return browser(User.objects.get(pk=person.pk))


@pytest.fixture
def case(alice: User) -> ReviewCase:
    return ReviewCase.objects.get(message_code=withheld(alice, "Asked words", SECRET).reply.code)


def listing(record: str) -> str:
    return f"/admin/conversations/{record}/"


def decide(client: Client, case: ReviewCase, action: str, **form: str) -> Any:
    data = {"action": action, "_selected_action": case.pk, **form}
    return client.post(listing("reviewcase"), data, follow=True)


@pytest.mark.parametrize("record", RECORDS)
def test_members_have_no_business_here(at_alice: Client, record: str) -> None:
    assert at_alice.get(listing(record)).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_pages_are_told_how_their_person_wants_them(browser: Browser, theme: str) -> None:
    root = add_person("root", "a good password", ADMINISTRATOR)
    User.objects.filter(pk=root.pk).update(theme=theme)
    page = html(browser(root).get("/admin/"))
    assert re.search(rf'chosen-theme[.\w]*\.js" data-theme="{theme}">', page)
    assert "theme-toggle" not in page


class TestTheEntrance:
    def test_is_the_one_that_slows_down_who_tries_passwords(self, at_stranger: Client, alice: User) -> None:
        form = {"username": "alice", "password": "a good password"}
        response = at_stranger.post("/admin/login/?next=/admin/", form)
        assert response["Location"] == "/accounts/login/?next=/admin/"
        assert at_stranger.get("/").status_code == HTTPStatus.FOUND

    def test_is_closed_for_members(self, at_alice: Client) -> None:
        assert at_alice.get("/admin/login/").status_code == HTTPStatus.FORBIDDEN

    def test_leads_whom_it_knows_on(self, at_administrator: Client) -> None:
        response = at_administrator.get("/admin/login/?next=/admin/conversations/", follow=True)
        assert response.request["PATH_INFO"] == "/admin/conversations/"

    def test_leads_out_through_the_sign_out_that_closes_pages(
        self, at_administrator: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed: list[str] = []
        monkeypatch.setattr(ends, "of_session", closed.append)
        key = at_administrator.session.session_key
        at_administrator.post("/admin/logout/")
        assert closed == [key]

    def test_leads_to_the_change_of_password_that_closes_pages(self, at_administrator: Client) -> None:
        assert at_administrator.get("/admin/password_change/")["Location"] == "/accounts/password/change/"


@pytest.mark.parametrize("record", RECORDS)
def test_no_record_shows_what_was_written(at_administrator: Client, case: ReviewCase, record: str) -> None:
    for turn in Turn.objects.all():
        UpstreamCall.objects.get_or_create(
            turn=turn,
            person_code=turn.person.code,
            defaults={
                "request_id": "r",
                "kind": "chat",
                "upstream": "u",
                "model_asked": "m",
                "error": SECRET,
                "started_at": turn.queued_at,
                "parameters": {"stop": SECRET},
            },
        )
    shown = [at_administrator.get(listing(record))]
    model = {"reviewcase": ReviewCase, "message": Message, "turn": Turn, "upstreamcall": UpstreamCall}.get(record)
    shown += (
        [at_administrator.get(f"{listing(record)}{row.pk}/change/") for row in model.objects.all()] if model else []
    )
    for page in shown:
        assert page.status_code == HTTPStatus.OK
        assert SECRET not in html(page)
        assert "Asked words" not in html(page)


@pytest.mark.parametrize("record", RECORDS)
def test_records_are_only_looked_at(at_administrator: Client, record: str) -> None:
    assert at_administrator.get(f"{listing(record)}add/").status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "asked",
    [
        "message/?parts__icontains=secret",
        "message/?html__icontains=secret",
        "message/?conversation__title__startswith=A",
        "conversation/?title__startswith=A",
        "turn/?open_parts__icontains=secret",
        "upstreamcall/?error__icontains=secret",
    ],
)
def test_no_address_asks_which_records_contain_a_word(at_administrator: Client, case: ReviewCase, asked: str) -> None:
    assert at_administrator.get(f"/admin/conversations/{asked}").status_code == HTTPStatus.BAD_REQUEST


def test_the_filters_that_are_offered_work(at_administrator: Client, case: ReviewCase) -> None:
    assert "1 message" in words(at_administrator.get("/admin/conversations/message/?visibility__exact=held"))


class TestCases:
    def test_a_released_reply_is_back_and_the_reason_is_kept(self, at_reviewer: Client, case: ReviewCase) -> None:
        response = decide(at_reviewer, case, "release", reason_code="harmless", note="seen twice")
        case.refresh_from_db()
        assert case.state == "released"
        assert "done" in words(response)
        event = case.events.latest("pk")
        assert (event.reason_code, event.reason) == ("harmless", "seen twice")
        moderation.announce(case)
        assert Message.objects.get(code=case.message_code).visibility == "shown"

    def test_an_upheld_reply_stays_away(self, at_reviewer: Client, case: ReviewCase) -> None:
        decide(at_reviewer, case, "uphold", reason_code="personal_data")
        case.refresh_from_db()
        moderation.announce(case)
        assert Message.objects.get(code=case.message_code).visibility == "removed"

    def test_a_case_is_claimed(self, at_reviewer: Client, case: ReviewCase) -> None:
        decide(at_reviewer, case, "claim")
        case.refresh_from_db()
        assert case.state == "claimed"

    def test_the_worst_waits_for_a_second_person(self, at_reviewer: Client, alice: User) -> None:
        worst = ReviewCase.objects.get(message_code=withheld(alice, level=0).reply.code)
        assert "waits for a second person" in words(decide(at_reviewer, worst, "release", reason_code="harmless"))

    @pytest.mark.parametrize("reason", [{}, {"reason_code": ""}, {"reason_code": "unlawful"}])
    def test_without_a_fitting_reason_nothing_is_decided(
        self, at_reviewer: Client, case: ReviewCase, reason: dict[str, str]
    ) -> None:
        response = decide(at_reviewer, case, "release", **reason)
        assert 'name="reason_code"' in html(response)
        case.refresh_from_db()
        assert case.state == "open"

    def test_a_second_verdict_is_too_late(self, at_reviewer: Client, case: ReviewCase) -> None:
        decide(at_reviewer, case, "release", reason_code="harmless")
        response = decide(at_reviewer, case, "uphold", reason_code="unlawful")
        assert "decided by somebody else" in words(response)
        case.refresh_from_db()
        assert case.state == "released"

    def test_an_administrator_alone_decides_nothing(self, at_administrator: Client, case: ReviewCase) -> None:
        decide(at_administrator, case, "release", reason_code="harmless")
        case.refresh_from_db()
        assert case.state == "open"

    def test_nobody_decides_an_own_case(self, browser: Browser) -> None:
        person = reviewer()
        User.objects.filter(pk=person.pk).update(is_staff=True)
        case = ReviewCase.objects.get(message_code=withheld(person).reply.code)
        response = decide(browser(person), case, "release", reason_code="harmless")
        assert "your own case" in words(response)
        assert browser(person).get(f"{listing('reviewcase')}{case.pk}/look/").status_code == HTTPStatus.NOT_FOUND


class TestLooking:
    def test_the_text_comes_after_a_reason_which_is_kept(self, at_reviewer: Client, case: ReviewCase) -> None:
        address = f"{listing('reviewcase')}{case.pk}/look/"
        assert SECRET not in html(at_reviewer.get(address))
        assert SECRET in html(at_reviewer.post(address, {"reason": "queue of today"}))
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_code, entry.reason) == ("case.looked", str(case.code), "queue of today")

    def test_without_a_reason_there_is_no_text(self, at_reviewer: Client, case: ReviewCase) -> None:
        response = at_reviewer.post(f"{listing('reviewcase')}{case.pk}/look/", {"reason": ""})
        assert SECRET not in html(response)
        assert not AuditEntry.objects.exists()

    def test_administrators_do_not_look(self, at_administrator: Client, case: ReviewCase) -> None:
        response = at_administrator.post(f"{listing('reviewcase')}{case.pk}/look/", {"reason": "curious"})
        assert response.status_code == HTTPStatus.NOT_FOUND

    def test_nobody_stores_the_text(self, at_reviewer: Client, case: ReviewCase) -> None:
        response = at_reviewer.post(f"{listing('reviewcase')}{case.pk}/look/", {"reason": "queue of today"})
        assert "no-store" in response["Cache-Control"]


class TestPeople:
    def test_are_only_looked_at(self, at_administrator: Client, alice: User) -> None:
        page = at_administrator.get(f"{listing('user')}{alice.pk}/change/")
        assert "alice" in words(page)
        assert f"/people/{alice.code}/" in html(page)
        assert alice.password not in html(page)
        for command in ("add/", f"{alice.pk}/delete/", f"{alice.pk}/password/"):
            answer = at_administrator.post(f"{listing('user')}{command}", {})
            assert answer.status_code in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.FOUND)
        assert at_administrator.post(f"{listing('user')}{alice.pk}/change/", {}).status_code == HTTPStatus.FORBIDDEN

    def test_are_not_sought_by_what_they_wrote(self, at_administrator: Client, alice: User) -> None:
        answer = at_administrator.get(f"{listing('user')}?password__startswith=a")
        assert answer.status_code == HTTPStatus.BAD_REQUEST

    def test_who_is_invited_is_no_business_of_members(self, at_alice: Client) -> None:
        assert at_alice.get(listing("invitation")).status_code == HTTPStatus.FOUND


def test_the_conversation_of_a_record_is_named_by_its_code(at_administrator: Client, alice: User) -> None:
    code = str(answered(alice, "A title that is a secret").conversation.code)
    shown = html(at_administrator.get(listing("conversation")))
    assert code in shown
    assert "A title that is a secret" not in shown


def test_the_audit_record_says_who_did_what_in_words(browser: Callable[[User | None], Client]) -> None:
    root = add_person("root", "a good password", ADMINISTRATOR)
    AuditEntry.write(root, "wordlist.changed", "house", reason="as agreed")
    AuditEntry.write(root, "nobody.knows", "x")
    client = browser(root)
    page = words(client.get("/admin/conversations/auditentry/"))
    assert "root word list: changed house as agreed" in page
    assert "root nobody.knows x" in page
    assert "house" not in words(client.get("/admin/conversations/auditentry/?action=nobody.knows"))
    client.cookies["language"] = "zh-hans"
    page = words(client.get("/admin/conversations/auditentry/"))
    assert "词表: 修改" in page
    assert "业务码" in words(client.get("/admin/conversations/upstreamcall/"))


def test_all_that_the_program_writes_down_has_words() -> None:
    sources = (path.read_text(encoding="utf-8") for path in Path(conversations.__file__).parent.rglob("*.py"))
    found = {each for text in sources for each in re.findall(r'AuditEntry\.write\(\s*[\w.]+,\s*"([\w.]+)"', text)}
    assert len(found) > 15
    assert {each for each in found if action_in_words(each, records._nouns()) == each} == set()
