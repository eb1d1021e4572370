"""What administrators change: policy, rules, reasons. Each change has a reason and stays on record."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from conversations import standing
from conversations.accounts import add_person
from conversations.defaults import ADMINISTRATOR
from conversations.models import AuditEntry, FlagRule, OnFlag, Policy, Reason, User

from .pages import html, words

Browser = Callable[[User | None], Client]
POLICY = "/admin/conversations/policy/1/change/"
RULES = "/admin/conversations/flagrule/"
REASONS = "/admin/conversations/reason/"


@pytest.fixture
def at_administrator(browser: Browser) -> Client:
    return browser(add_person("root", "a good password", ADMINISTRATOR))


def seen(client: Client, address: str) -> str:
    """What the form says that the record was when it was drawn."""
    return str(client.get(address).context["adminform"].form.initial["seen"])


def save(client: Client, address: str, reason: str = "a new rule of the house", **fields: Any) -> Any:
    form = {"seen": seen(client, address), "reason": reason, **fields}
    return client.post(address, {name: value for name, value in form.items() if value is not None})


def rule(**key: str) -> FlagRule:
    return FlagRule.objects.get(**{"source": "", "level": "", "group_name": "", **key})


class TestThePolicy:
    def test_stands_where_its_list_would(self, at_administrator: Client) -> None:
        assert at_administrator.get("/admin/conversations/policy/")["Location"] == POLICY

    def test_is_changed_for_a_reason_and_learned_by_every_process(self, at_administrator: Client) -> None:
        before = standing.refresh().version
        save(at_administrator, POLICY, solo="on", sample_percent="2.5")
        assert (Policy.current().solo, standing.refresh().sample_share) == (True, 0.025)
        assert standing.current().version == before + 1
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.reason) == ("policy.changed", "a new rule of the house")
        assert entry.before == {"v": 1, "solo": False, "sample_percent": "0.00"}
        assert entry.after == {"v": 1, "solo": True, "sample_percent": "2.5"}
        assert Policy.current().overridden_fields == []  # nothing newer of the program could change it back

    @pytest.mark.parametrize("reason", ["", "  ", "no"])
    def test_stays_as_it_is_without_a_reason(self, at_administrator: Client, reason: str) -> None:
        response = save(at_administrator, POLICY, reason, solo="on", sample_percent="1")
        assert response.status_code == HTTPStatus.OK
        assert not Policy.current().solo
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("percent", ["-1", "100.5", "many", "1.234"])
    def test_takes_only_a_percentage(self, at_administrator: Client, percent: str) -> None:
        response = save(at_administrator, POLICY, sample_percent=percent)
        assert "errorlist" in html(response)
        assert percent in html(response)

    def test_that_somebody_else_changed_meanwhile_is_not_overwritten_unseen(self, at_administrator: Client) -> None:
        old = seen(at_administrator, POLICY)
        save(at_administrator, POLICY, sample_percent="5")
        response = save(at_administrator, POLICY, seen=old, sample_percent="7")
        assert "Somebody else has changed this meanwhile" in words(response)
        assert Policy.current().sample_percent == 5
        again = response.context["adminform"].form["seen"].value()
        save(at_administrator, POLICY, seen=again, sample_percent="7")
        assert Policy.current().sample_percent == 7

    def test_is_neither_added_nor_deleted(self, at_administrator: Client) -> None:
        assert at_administrator.get("/admin/conversations/policy/add/").status_code == HTTPStatus.FORBIDDEN
        assert at_administrator.post(POLICY.replace("change", "delete")).status_code == HTTPStatus.FORBIDDEN

    def test_is_no_business_of_members(self, at_alice: Client) -> None:
        assert at_alice.get(POLICY).status_code == HTTPStatus.FOUND


class TestRules:
    def test_are_added(self, at_administrator: Client) -> None:
        fields = {"source": "word_list", "level": "2", "group_name": "member", "on_flag": "note", "delivery": "live"}
        assert save_new(at_administrator, **fields).status_code == HTTPStatus.FOUND
        assert rule(source="word_list", level="2", group_name="member").on_flag == OnFlag.NOTE
        assert AuditEntry.objects.get().action == "flagrule.added"

    def test_for_the_same_twice_are_refused_in_words(self, at_administrator: Client) -> None:
        fields = {"source": "report", "level": "", "group_name": "", "on_flag": "note", "delivery": "live"}
        response = save_new(at_administrator, **fields)
        assert "There is a rule for exactly this already." in words(response)
        assert rule(source="report").on_flag == OnFlag.MARK

    def test_that_came_with_the_program_are_changed_but_for_what_they_are_about(self, at_administrator: Client) -> None:
        shipped = rule(source="report")
        save(at_administrator, f"{RULES}{shipped.pk}/change/", source="sample", on_flag="withdraw", delivery="live")
        shipped.refresh_from_db()
        assert (shipped.source, shipped.on_flag, shipped.overridden_fields) == ("report", "withdraw", ["on_flag"])
        FlagRule.ship(99, source="report", level="", group_name="", on_flag=OnFlag.MARK)
        shipped.refresh_from_db()
        assert shipped.on_flag == OnFlag.WITHDRAW

    def test_that_came_with_the_program_are_not_deleted(self, at_administrator: Client) -> None:
        address = f"{RULES}{rule(source='report').pk}/delete/"
        assert at_administrator.post(address, {"reason": "not wanted"}).status_code == HTTPStatus.FORBIDDEN

    def test_of_ones_own_are_deleted_for_a_reason(self, at_administrator: Client) -> None:
        own = FlagRule.objects.create(source="staff", on_flag=OnFlag.NOTE)
        address = f"{RULES}{own.pk}/delete/"
        assert at_administrator.get(address).status_code == HTTPStatus.OK
        assert at_administrator.post(address, {"reason": ""}).status_code == HTTPStatus.OK
        assert FlagRule.objects.filter(pk=own.pk).exists()
        version = Policy.current().version
        at_administrator.post(address, {"reason": "not wanted"})
        assert not FlagRule.objects.filter(pk=own.pk).exists()
        assert Policy.current().version == version + 1
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.before["on_flag"], entry.after) == ("flagrule.deleted", "note", {"v": 1})

    def test_are_shown_with_what_they_are_about(self, at_administrator: Client) -> None:
        assert "somebody reported it any any mark: stays visible" in words(at_administrator.get(RULES))


def save_new(client: Client, **fields: str) -> Any:
    return client.post(f"{RULES}add/", {"seen": "", "reason": "a new rule", **fields})


class TestReasons:
    def test_keep_their_code(self, at_administrator: Client) -> None:
        reason = Reason.objects.get(code="harmless")
        address = f"{REASONS}{reason.pk}/change/"
        save(at_administrator, address, code="other", words="It was nothing", position="1", is_offered="on")
        reason.refresh_from_db()
        assert (reason.code, reason.words, reason.overridden_fields) == (
            "harmless",
            "It was nothing",
            ["position", "words"],
        )

    def test_are_not_deleted(self, at_administrator: Client) -> None:
        reason = Reason.objects.get(code="harmless")
        answer = at_administrator.post(f"{REASONS}{reason.pk}/delete/", {"reason": "not wanted"})
        assert answer.status_code == HTTPStatus.FORBIDDEN

    def test_of_a_kind_are_never_all_taken_away(self, at_administrator: Client) -> None:
        Reason.objects.filter(use="release").exclude(code="harmless").update(is_offered=False)
        reason = Reason.objects.get(code="harmless")
        response = save(at_administrator, f"{REASONS}{reason.pk}/change/", words="x", position="1")
        assert "one has to be offered" in words(response)

    def test_are_listed_in_the_readers_words(self, at_administrator: Client) -> None:
        answer = at_administrator.get(REASONS, headers={"Accept-Language": "zh-hans"})
        assert "Harmless: the filter was mistaken" not in words(answer)
