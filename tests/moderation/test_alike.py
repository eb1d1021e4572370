"""Cases whose texts are equal get one verdict."""

from __future__ import annotations

import pytest

from conversations import moderation
from conversations.models import CaseState, ReviewCase, User
from tests import people

pytestmark = pytest.mark.django_db


def fresh(case: ReviewCase) -> ReviewCase:
    return ReviewCase.objects.get(pk=case.pk)


class TestCasesThatAreAlike:
    def alike(self, *authors: User, level: int = 1) -> list[ReviewCase]:
        return [people.case_of(people.withheld(each, reply="The  SAME text", level=level).reply) for each in authors]

    def test_get_one_verdict(self, ada: User, judge: User) -> None:
        cases = self.alike(ada, people.person(), people.person())
        odd = people.case_of(people.withheld(ada, reply="Another text", level=1).reply)
        outcome = moderation.uphold_alike(cases[0], judge, "hatred")
        assert [outcome[case] for case in cases] == ["decided"] * 3
        assert fresh(odd).state == CaseState.OPEN

    def test_leave_out_the_reviewers_own(self, ada: User, judge: User) -> None:
        cases = self.alike(ada, judge)
        assert list(moderation.uphold_alike(cases[0], judge, "hatred")) == [cases[0]]
        assert fresh(cases[1]).state == CaseState.OPEN

    def test_leave_out_what_somebody_else_is_at(self, ada: User, judge: User, other: User) -> None:
        cases = self.alike(ada, people.person())
        moderation.claim(cases[1], other)
        assert list(moderation.release_alike(cases[0], judge, "harmless")) == [cases[0]]

    def test_are_proposed_where_a_second_person_is_needed(self, ada: User, judge: User) -> None:
        cases = self.alike(ada, people.person(), level=0)
        outcome = moderation.release_alike(cases[0], judge, "harmless")
        assert set(outcome.values()) == {"proposed"}

    def test_stay_as_they_are_when_the_one_in_hand_cannot_be_decided(self, ada: User, judge: User, other: User) -> None:
        cases = self.alike(ada, people.person())
        moderation.uphold(cases[0], other, "hatred")
        with pytest.raises(moderation.Decided):
            moderation.uphold_alike(cases[0], judge, "hatred")
        cases[1].refresh_from_db()
        assert cases[1].state == CaseState.OPEN

    def test_are_decided_but_for_those_that_somebody_took_meanwhile(
        self, ada: User, judge: User, other: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cases = self.alike(ada, people.person())
        moderation.claim(cases[1], other)
        monkeypatch.setattr("conversations.moderation.desk.alike", lambda *_: [cases[1]])
        assert moderation.uphold_alike(cases[0], judge, "hatred") == {cases[0]: "decided", cases[1]: "Taken"}
