"""Changes of roles and of who is in: by whom, with which record, and with what end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conversations import broadcast
from conversations.accounts import (
    LastAdministrator,
    OwnAccount,
    add_person,
    change_roles,
    close,
    name_of,
    reopen,
    roles_of,
)
from conversations.broadcast import AccessEnded
from conversations.models import AuditEntry, Notice, NoticeKind, User

from .conftest import PASSWORD

Change = Callable[[User, User, str], bool]


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def demote(actor: User, person: User, reason: str) -> bool:
    return change_roles(actor, person, [], reason)


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    heard: list[Any] = []
    monkeypatch.setattr(broadcast, "publish", heard.append)
    return heard


class TestRoles:
    @pytest.mark.parametrize(
        ("roles", "after", "staff"),
        [
            (["reviewer"], ["member", "reviewer"], True),
            (["administrator", "reviewer"], ["member", "reviewer", "administrator"], True),
            (["administrator", "member"], ["member", "administrator"], True),
            (["emperor"], ["member"], False),
        ],
    )
    def test_are_those_that_were_given_and_always_a_members(
        self, root: User, ann: User, roles: list[str], after: list[str], staff: bool
    ) -> None:
        change_roles(root, ann, roles, "joins the desk")
        assert (roles_of(fresh(ann)), fresh(ann).is_staff) == (after, staff)

    def test_that_are_taken_take_the_rights_along(self, root: User, ann: User) -> None:
        change_roles(root, ann, ["administrator"], "helps out")
        assert fresh(ann).has_perm("conversations.administer")
        assert demote(root, ann, "is back at work")
        assert not fresh(ann).has_perm("conversations.administer")
        assert not fresh(ann).is_staff

    def test_that_are_had_already_change_nothing(self, root: User, ann: User) -> None:
        assert not demote(root, ann, "why not")
        assert not AuditEntry.objects.exists()
        assert not Notice.objects.exists()

    def test_are_recorded_with_the_reason_and_told(
        self, root: User, ann: User, news: list[Any], django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            change_roles(root, ann, ["reviewer"], "joins the desk")
        entry = AuditEntry.objects.get()
        assert (entry.actor_code, entry.action, entry.object_code) == (root.code, "person.roles", str(ann.code))
        assert (entry.reason, entry.before["roles"], entry.after["roles"]) == (
            "joins the desk",
            ["member"],
            ["member", "reviewer"],
        )
        notice = Notice.objects.get()
        assert (notice.person, notice.kind) == (ann, NoticeKind.ROLE_CHANGED)
        assert notice.data["after"] == ["member", "reviewer"]
        assert AccessEnded(broadcast.person_group(ann.code), 4401) in news


class TestClosing:
    def test_shuts_out_until_it_is_reopened(self, root: User, ann: User) -> None:
        assert close(root, ann, "left the house")
        assert not fresh(ann).is_active
        assert reopen(root, ann, "is back")
        assert fresh(ann).is_active
        assert roles_of(fresh(ann)) == ["member"]

    @pytest.mark.parametrize(("change", "before"), [(close, False), (reopen, True)])
    def test_twice_changes_nothing_more(self, root: User, ann: User, change: Change, before: bool) -> None:
        User.objects.filter(pk=ann.pk).update(is_active=before)
        assert not change(root, ann, "again")
        assert not AuditEntry.objects.exists()

    def test_is_recorded_with_the_reason_and_ends_what_is_open(
        self, root: User, ann: User, news: list[Any], django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            close(root, ann, "left the house")
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_code, entry.reason) == ("person.closed", str(ann.code), "left the house")
        assert (entry.before["is_active"], entry.after["is_active"]) == (True, False)
        assert news == [AccessEnded(broadcast.person_group(ann.code), 4401)]


class TestTheLastAdministrator:
    @pytest.mark.parametrize("change", [demote, close])
    def test_stays_one(self, root: User, ann: User, change: Change) -> None:
        """Ann stands for an administrator who was demoted a moment ago, and does not know it yet."""
        with pytest.raises(LastAdministrator):
            change(ann, root, "a coup")
        assert fresh(root).is_active
        assert "administrator" in roles_of(fresh(root))
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("change", [demote, close])
    def test_is_whoever_is_left_when_the_other_is_shut_out(self, root: User, ann: User, change: Change) -> None:
        other = add_person("rita", PASSWORD, "administrator")
        close(root, other, "left the house")
        with pytest.raises(LastAdministrator):
            change(ann, root, "a coup")

    @pytest.mark.parametrize("change", [demote, close])
    def test_but_one_can_go(self, root: User, change: Change) -> None:
        other = add_person("rita", PASSWORD, "administrator")
        assert change(root, other, "left the house")


@pytest.mark.parametrize("change", [demote, close, reopen])
def test_nobody_changes_their_own_rights(root: User, change: Change) -> None:
    with pytest.raises(OwnAccount):
        change(root, root, "why not")


def test_codes_of_records_have_names(ann: User) -> None:
    assert (name_of(ann.code), name_of("00000000-0000-0000-0000-000000000000")) == ("ann", "")
