import pytest
from django.contrib.auth.models import Group, Permission

from conversations.defaults import ADMINISTRATOR, MEMBER, PERMISSIONS, REVIEWER, sync_defaults
from conversations.models import Reason, ReasonUse, User
from tests import people

pytestmark = pytest.mark.django_db


def labels(group: str) -> set[str]:
    rows = Group.objects.get(name=group).permissions.select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}" for each in rows}


def test_the_groups_are_there_after_every_migrate() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {MEMBER, REVIEWER, ADMINISTRATOR}


def test_each_group_has_exactly_what_is_shipped() -> None:
    for group, wanted in PERMISSIONS.items():
        assert labels(group) == set(wanted)


def test_writing_them_again_changes_nothing() -> None:
    before = {group: labels(group) for group in PERMISSIONS}
    sync_defaults()
    assert {group: labels(group) for group in PERMISSIONS} == before
    assert Group.objects.count() == 3


def test_what_was_taken_away_comes_back_and_what_was_added_stays() -> None:
    group = Group.objects.get(name=REVIEWER)
    extra = Permission.objects.get(codename="view_turn")
    group.permissions.set([extra])
    sync_defaults()
    assert labels(REVIEWER) == {"conversations.review", "conversations.view_turn"}


def test_nobody_but_a_reviewer_may_review() -> None:
    somebody = people.person()
    somebody.groups.add(Group.objects.get(name=MEMBER), Group.objects.get(name=ADMINISTRATOR))
    assert not User.objects.get(pk=somebody.pk).is_reviewer
    assert people.reviewer().is_reviewer


def test_no_group_may_change_or_delete_what_people_wrote() -> None:
    texts = ("message", "conversation", "turn", "reviewcase", "auditentry")
    granted = set().union(*PERMISSIONS.values())
    for verb in ("add", "change", "delete"):
        assert not granted & {f"conversations.{verb}_{noun}" for noun in texts}


def test_what_the_organisation_made_first_stays_its_own() -> None:
    reason = Reason.objects.create(code="our-own", use=ReasonUse.UPHOLD, words="Ours", position=1)
    Reason.ship(99, code="our-own", use=ReasonUse.RELEASE, words="Shipped", position=2)
    reason.refresh_from_db()
    assert (reason.words, reason.use, reason.shipped_version) == ("Ours", ReasonUse.UPHOLD, None)
