"""What people wrote, in the admin: read and deleted for a reason only, by administrators only."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client

from conversations import retention
from conversations.accounts import add_person
from conversations.defaults import ADMINISTRATOR
from conversations.models import AuditEntry, Conversation, Message, Turn, User
from tests import people

from .pages import html, words

Browser = Callable[[User | None], Client]
SECRET = "A secret."
DOORS = ("look", "erase")


@pytest.fixture
def at_administrator(browser: Browser) -> Client:
    return browser(add_person("root", "a good password", ADMINISTRATOR))


@pytest.fixture
def turn(alice: User) -> Turn:
    return people.answered(alice, "Asked words", SECRET)


def address(record: str, turn: Turn, door: str) -> str:
    pk = turn.conversation.pk if record == "conversation" else turn.reply.pk
    return f"/admin/conversations/{record}/{pk}/{door}/"


@pytest.mark.parametrize("record", ["conversation", "message"])
class TestBoth:
    def test_are_read_after_a_reason_which_is_kept(self, at_administrator: Client, turn: Turn, record: str) -> None:
        door = address(record, turn, "look")
        assert SECRET not in html(at_administrator.get(door))
        assert SECRET not in html(at_administrator.post(door, {"reason": " "}))
        assert not AuditEntry.objects.exists()
        shown = at_administrator.post(door, {"reason": "a complaint of the reader"})
        assert SECRET in html(shown)
        assert "no-store" in shown["Cache-Control"]
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.reason) == (f"{record}.looked", "a complaint of the reader")

    def test_are_deleted_after_a_reason_which_is_kept(self, at_administrator: Client, turn: Turn, record: str) -> None:
        door = address(record, turn, "erase")
        at_administrator.get(door)
        at_administrator.post(door, {"reason": ""})
        assert not AuditEntry.objects.exists()
        assert "Deleted." in words(at_administrator.post(door, {"reason": "asked for it"}, follow=True))
        retention.purge_due()
        assert not any(part.text == SECRET for message in Message.objects.all() for part in message.parts)
        assert "It was deleted already." in words(at_administrator.post(door, {"reason": "again"}, follow=True))

    @pytest.mark.parametrize("door", DOORS)
    def test_have_no_doors_for_reviewers(self, browser: Browser, turn: Turn, record: str, door: str) -> None:
        person = people.reviewer()
        User.objects.filter(pk=person.pk).update(is_staff=True)
        answer = browser(person).post(address(record, turn, door), {"reason": "curious"})
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("door", DOORS)
    def test_have_no_doors_for_members(self, at_bob: Client, turn: Turn, record: str, door: str) -> None:
        assert at_bob.post(address(record, turn, door), {"reason": "curious"}).status_code == HTTPStatus.FOUND
        assert not AuditEntry.objects.exists()


def test_what_is_withheld_is_not_read_here(at_administrator: Client, alice: User) -> None:
    turn = people.withheld(alice, reply=SECRET)
    page = at_administrator.post(address("conversation", turn, "look"), {"reason": "a complaint"})
    assert SECRET not in html(page)
    assert "it is withheld, deleted, or has no text" in words(page)


def test_a_reply_that_is_being_written_is_not_deleted(at_administrator: Client, alice: User) -> None:
    turn = people.running(alice)
    told = words(at_administrator.post(address("message", turn, "erase"), {"reason": "asked for it"}, follow=True))
    assert "This reply is still being written." in told
    assert Conversation.objects.get().purge_at is None


@pytest.mark.parametrize("record", ["conversation", "message"])
def test_the_record_leads_to_its_doors(at_administrator: Client, turn: Turn, record: str) -> None:
    page = html(at_administrator.get(address(record, turn, "change")))
    assert all(address(record, turn, door) in page for door in DOORS)
