"""Invitations and reset links: good once, for a week, and known to nobody but those who have them."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError

from conversations import clock
from conversations.accounts import (
    accept,
    close,
    invitation_of,
    invite,
    issue_reset,
    person_of_reset,
    roles_of,
    set_password,
    withdraw,
)
from conversations.models import AuditEntry, Invitation, Notice, NoticeKind, ResetLink, User

from .conftest import PASSWORD

NEW = "another fine password"
WEEK = dt.timedelta(days=7)


def later(monkeypatch: pytest.MonkeyPatch, by: dt.timedelta) -> None:
    now = clock.now() + by
    monkeypatch.setattr(clock, "now", lambda: now)


class TestAnInvitation:
    @pytest.mark.parametrize("role", ["member", "reviewer", "administrator"])
    def test_makes_an_account_in_its_role(self, root: User, role: str) -> None:
        person = accept(invite(root, role, "bo@example.org"), "bo", PASSWORD)
        assert person is not None
        assert roles_of(person) == list(dict.fromkeys(["member", role]))
        assert (person.email, person.check_password(PASSWORD)) == ("bo@example.org", True)
        assert Invitation.objects.get().accepted_by == person.code

    def test_works_once(self, root: User) -> None:
        token = invite(root, "member")
        accept(token, "bo", PASSWORD)
        assert invitation_of(token) is None
        assert accept(token, "eve", PASSWORD) is None
        assert not User.objects.filter(username="eve").exists()

    def test_works_for_a_week(self, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
        token = invite(root, "member")
        later(monkeypatch, WEEK - dt.timedelta(seconds=5))
        assert invitation_of(token) is not None
        later(monkeypatch, dt.timedelta(seconds=10))
        assert invitation_of(token) is None
        assert accept(token, "bo", PASSWORD) is None

    def test_can_be_taken_back(self, root: User) -> None:
        token = invite(root, "member")
        assert withdraw(root, Invitation.objects.get())
        assert not withdraw(root, Invitation.objects.get())
        assert accept(token, "bo", PASSWORD) is None
        assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == [
            "invitation.made",
            "invitation.withdrawn",
        ]

    def test_that_was_accepted_cannot_be_taken_back(self, root: User) -> None:
        accept(invite(root, "member"), "bo", PASSWORD)
        assert not withdraw(root, Invitation.objects.get())

    @pytest.mark.parametrize(("name", "password"), [("root", PASSWORD), ("bo", "short"), ("two words", PASSWORD)])
    def test_survives_a_name_or_password_that_will_not_do(self, root: User, name: str, password: str) -> None:
        token = invite(root, "member")
        with pytest.raises(ValidationError):
            accept(token, name, password)
        assert accept(token, "bo", PASSWORD) is not None

    @pytest.mark.parametrize("token", ["", "wrong", "x" * 500, "\0"])
    def test_is_not_guessed(self, root: User, token: str) -> None:
        invite(root, "member")
        assert invitation_of(token) is None

    def test_is_kept_without_its_token(self, root: User) -> None:
        token = invite(root, "member", "bo@example.org")
        kept = json.dumps([*Invitation.objects.values(), *AuditEntry.objects.values()], default=str)
        assert token not in kept
        assert "bo@example.org" not in json.dumps([*AuditEntry.objects.values()], default=str)

    def test_is_told_to_its_host_when_it_is_accepted(self, root: User) -> None:
        person = accept(invite(root, "member"), "bo", PASSWORD)
        assert person is not None
        notice = Notice.objects.get()
        assert (notice.person, notice.kind) == (root, NoticeKind.INVITATION_ACCEPTED)
        assert notice.data == {"v": 1, "name": "bo", "person": str(person.code)}

    def test_of_a_host_who_has_left_is_told_to_nobody(self, root: User) -> None:
        token = invite(root, "member")
        User.objects.filter(pk=root.pk).update(is_active=False)
        assert accept(token, "bo", PASSWORD) is not None
        assert not Notice.objects.exists()


class TestAResetLink:
    def test_sets_a_password_once(self, root: User, ann: User) -> None:
        token = issue_reset(root, ann)
        before = ann.get_session_auth_hash()
        assert person_of_reset(token) == ann
        person = set_password(token, NEW)
        assert person is not None
        assert User.objects.get(pk=ann.pk).check_password(NEW)
        assert person.get_session_auth_hash() != before
        assert person_of_reset(token) is None
        assert set_password(token, PASSWORD) is None

    def test_works_for_a_week(self, root: User, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
        token = issue_reset(root, ann)
        later(monkeypatch, WEEK)
        assert set_password(token, NEW) is None

    def test_makes_earlier_ones_useless(self, root: User, ann: User) -> None:
        first, second = issue_reset(root, ann), issue_reset(root, ann)
        assert person_of_reset(first) is None
        assert person_of_reset(second) == ann

    def test_does_not_open_a_closed_account(self, root: User, ann: User) -> None:
        token = issue_reset(root, ann)
        close(root, ann, "left the house")
        assert set_password(token, NEW) is None

    def test_survives_a_weak_password(self, root: User, ann: User) -> None:
        token = issue_reset(root, ann)
        with pytest.raises(ValidationError):
            set_password(token, "short")
        assert set_password(token, NEW) is not None

    def test_is_recorded_without_its_token_and_told_when_it_was_used(self, root: User, ann: User) -> None:
        token = issue_reset(root, ann)
        set_password(token, NEW)
        entries = list(AuditEntry.objects.order_by("pk").values_list("action", "actor_code"))
        assert entries == [("person.reset_link", root.code), ("person.password_reset", ann.code)]
        kept = json.dumps([*ResetLink.objects.values(), *AuditEntry.objects.values()], default=str)
        assert token not in kept
        assert Notice.objects.get(person=ann).kind == NoticeKind.PASSWORD_RESET
