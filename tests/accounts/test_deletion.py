"""Accounts that are deleted, and rights that end in the middle of a case."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from conversations import accounts, evidence, moderation, retention
from conversations.accounts import add_person, change_roles, close, delete
from conversations.models import (
    AuditEntry,
    Conversation,
    Draft,
    Invitation,
    Message,
    Notice,
    ReviewCase,
    TrayPicture,
    User,
)
from tests import people
from tests.pictures.bringing import in_box

from .conftest import PASSWORD


@pytest.fixture
def case(ann: User) -> ReviewCase:
    return people.case_of(people.withheld(ann, reply="A secret.", level=1).reply)


class TestADeletedAccount:
    def test_has_no_name_no_rights_and_no_way_in(self, root: User, ann: User, client: Client) -> None:
        client.force_login(ann, "conversations.web.account.AccountBackend")
        assert delete(root, ann, "asked for it")
        after = User.objects.get(pk=ann.pk)
        assert (after.is_active, after.email, after.has_usable_password()) == (False, "", False)
        assert "ann" not in after.username
        assert after.erased_at is not None
        assert client.get("/").status_code == 302
        assert add_person("ann", PASSWORD, "member").pk != ann.pk

    def test_takes_everything_along_that_was_written(self, root: User, ann: User) -> None:
        turn = people.answered(ann)
        Draft.objects.create(person=ann, conversation=turn.conversation, text="x", version=1, seq=1, writer=ann.code)
        in_box(ann, uuid.uuid4())
        delete(root, ann, "asked for it")
        assert retention.purge_due() == 1
        assert not Message.objects.exists()
        assert not Draft.objects.exists()
        assert not TrayPicture.objects.exists()
        assert not Notice.objects.filter(person=ann).exists()
        assert Conversation.objects.get().title == ""

    def test_leaves_no_address_with_the_invitation(self, root: User) -> None:
        token = accounts.invite(root, "member", "carl@example.org")
        carl = accounts.accept(token, "carl", PASSWORD)
        assert carl is not None
        delete(root, carl, "asked for it")
        assert Invitation.objects.get().email == ""

    def test_leaves_cases_that_can_be_decided(self, root: User, ann: User, case: ReviewCase) -> None:
        delete(root, ann, "asked for it")
        retention.purge_due()
        assert moderation.text_for_review(case) == "A secret."
        judge = people.reviewer()
        assert moderation.uphold(case, judge, "unlawful")
        assert moderation.announce(case)
        assert evidence.verify(deep=True).fault is None

    def test_is_on_record(self, root: User, ann: User) -> None:
        delete(root, ann, "asked for it")
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_code, entry.reason) == ("person.deleted", str(ann.code), "asked for it")

    def test_is_deleted_once_and_not_opened_again(self, root: User, ann: User) -> None:
        delete(root, ann, "asked for it")
        assert not delete(root, ann, "asked for it")
        assert not accounts.reopen(root, ann, "a mistake")
        assert not User.objects.get(pk=ann.pk).is_active

    def test_is_not_ones_own_nor_the_last_administrators(self, root: User, ann: User) -> None:
        with pytest.raises(accounts.OwnAccount):
            delete(root, root, "tired")
        with pytest.raises(accounts.LastAdministrator):
            delete(ann, root, "tired of them")


class TestAReviewerInMidCase:
    @pytest.mark.parametrize(
        "end",
        [
            lambda root, judge: change_roles(root, judge, [], "leaves the desk"),
            lambda root, judge: close(root, judge, "leaves"),
            lambda root, judge: delete(root, judge, "leaves"),
        ],
    )
    def test_gives_everything_back_with_the_right(self, root: User, case: ReviewCase, end: object) -> None:
        judge = people.reviewer()
        moderation.claim(case, judge)
        end(root, judge)  # type: ignore[operator]
        case.refresh_from_db()
        assert (case.state, case.claimed_by) == ("open", None)
        assert list(case.events.values_list("act", flat=True)) == ["opened", "claimed", "given_back"]
        with pytest.raises(moderation.NotAReviewer):
            moderation.uphold(case, judge, "unlawful")

    def test_keeps_the_claim_while_the_right_stays(self, root: User, case: ReviewCase) -> None:
        judge = people.reviewer()
        moderation.claim(case, judge)
        change_roles(root, judge, ["reviewer", "administrator"], "helps out")
        case.refresh_from_db()
        assert (case.state, case.claimed_by) == ("claimed", judge.code)
