"""A case is with one reviewer at a time."""

import pytest
from django.contrib.auth.models import Group

from conversations import moderation
from conversations.models import CaseState, ReviewCase, ReviewEvent, User
from tests import people

from .conftest import Later

pytestmark = pytest.mark.django_db


def acts(case: ReviewCase) -> list[str]:
    return list(ReviewEvent.objects.filter(case=case).order_by("pk").values_list("act", flat=True))


def fresh(case: ReviewCase) -> ReviewCase:
    return ReviewCase.objects.get(pk=case.pk)


class TestAClaim:
    def test_makes_the_case_somebodys(self, case: ReviewCase, judge: User) -> None:
        moderation.claim(case, judge)
        assert (fresh(case).state, fresh(case).claimed_by) == (CaseState.CLAIMED, judge.code)
        assert acts(case) == ["opened", "claimed"]

    def test_twice_keeps_it_for_longer(self, case: ReviewCase, judge: User, later: Later) -> None:
        moderation.claim(case, judge)
        first = fresh(case).claimed_until
        later(minutes=5)
        moderation.claim(case, judge)
        assert first is not None
        assert (fresh(case).claimed_until or first) > first
        assert acts(case) == ["opened", "claimed"]

    def test_of_a_second_reviewer_comes_too_late(self, case: ReviewCase, judge: User, other: User) -> None:
        stale = fresh(case)
        moderation.claim(case, judge)
        with pytest.raises(moderation.Taken) as taken:
            moderation.claim(stale, other)
        assert taken.value.by == judge.code

    def test_of_a_second_reviewer_follows_one_that_is_over(
        self, case: ReviewCase, judge: User, other: User, later: Later
    ) -> None:
        moderation.claim(case, judge)
        later(minutes=16)
        moderation.claim(case, other)
        assert fresh(case).claimed_by == other.code
        assert acts(case) == ["opened", "claimed", "expired", "claimed"]

    def test_is_extended_by_whoever_is_at_it(self, case: ReviewCase, judge: User, other: User, later: Later) -> None:
        moderation.claim(case, judge)
        later(minutes=10)
        moderation.touch(case, judge)
        later(minutes=10)
        with pytest.raises(moderation.Taken):
            moderation.claim(case, other)

    def test_is_extended_by_nobody_else(self, case: ReviewCase, judge: User, other: User) -> None:
        moderation.claim(case, judge)
        with pytest.raises(moderation.NotYours):
            moderation.touch(case, other)

    def test_is_given_back(self, case: ReviewCase, judge: User, other: User) -> None:
        moderation.claim(case, judge)
        moderation.give_back(case, judge)
        assert (fresh(case).state, fresh(case).claimed_by) == (CaseState.OPEN, None)
        moderation.claim(case, other)

    def test_is_given_back_by_its_holder_only(self, case: ReviewCase, judge: User, other: User) -> None:
        moderation.claim(case, judge)
        with pytest.raises(moderation.NotYours):
            moderation.give_back(case, other)

    def test_is_given_back_once(self, case: ReviewCase, judge: User) -> None:
        moderation.claim(case, judge)
        moderation.give_back(case, judge)
        with pytest.raises(moderation.NotYours):
            moderation.give_back(case, judge)

    def test_that_was_forgotten_ends_by_itself(self, case: ReviewCase, judge: User, later: Later) -> None:
        moderation.claim(case, judge)
        assert moderation.expire_claims() == 0
        later(minutes=16)
        assert moderation.expire_claims() == 1
        assert moderation.expire_claims() == 0
        assert fresh(case).state == CaseState.OPEN

    def test_that_is_over_still_lets_its_holder_decide(self, case: ReviewCase, judge: User, later: Later) -> None:
        moderation.claim(case, judge)
        later(minutes=16)
        moderation.expire_claims()
        assert moderation.uphold(case, judge, "unlawful")

    def test_that_is_over_and_somebody_elses_now_does_not(
        self, case: ReviewCase, judge: User, other: User, later: Later
    ) -> None:
        moderation.claim(case, judge)
        later(minutes=16)
        moderation.claim(case, other)
        with pytest.raises(moderation.Taken):
            moderation.uphold(case, judge, "unlawful")
        assert fresh(case).state == CaseState.CLAIMED

    def test_of_a_decided_case_comes_too_late(self, case: ReviewCase, judge: User, other: User) -> None:
        moderation.uphold(case, judge, "unlawful")
        with pytest.raises(moderation.Decided):
            moderation.claim(case, other)


class TestWhoeverLosesTheRole:
    def lose(self, judge: User) -> None:
        judge.groups.remove(Group.objects.get(name="reviewer"))

    @pytest.mark.parametrize("act", ["claim", "release", "uphold", "look", "show_text", "touch_by_claim"])
    def test_can_do_nothing_any_more(self, act: str, case: ReviewCase, judge: User) -> None:
        assert judge.has_perm("conversations.review")  # what this object remembers
        moderation.claim(case, judge)
        self.lose(judge)
        more = ("harmless",) if act == "release" else ("unlawful",) if act == "uphold" else ()
        with pytest.raises(moderation.NotAReviewer):
            getattr(moderation, "claim" if act == "touch_by_claim" else act)(case, judge, *more)
        assert fresh(case).state == CaseState.CLAIMED

    def test_gives_back_what_was_claimed(self, case: ReviewCase, worst: ReviewCase, judge: User) -> None:
        moderation.claim(case, judge)
        moderation.claim(worst, judge)
        self.lose(judge)
        assert moderation.give_back_all(judge) == 2
        assert (fresh(case).state, fresh(worst).state) == (CaseState.OPEN, CaseState.OPEN)

    def test_is_nobody_to_the_case_when_the_account_is_closed(self, case: ReviewCase, judge: User) -> None:
        User.objects.filter(pk=judge.pk).update(is_active=False)
        with pytest.raises(moderation.NotAReviewer):
            moderation.claim(case, judge)


def test_a_member_claims_nothing(case: ReviewCase) -> None:
    with pytest.raises(moderation.NotAReviewer):
        moderation.claim(case, people.person())
