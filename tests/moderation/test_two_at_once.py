"""Two reviewers in the same moment, each with a connection of their own to the database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from conversations import evidence, moderation
from conversations.models import Act, CaseState, ReviewCase, ReviewEvent, User
from conversations.moderation import ReviewError
from tests import people

# On SQLite one writer comes after the other, as tests/served/test_reviewers.py has it.
pytestmark = [pytest.mark.stores, pytest.mark.django_db(transaction=True)]

CASES = 5
Deed = Callable[[ReviewCase, User], object]


def at_once(case: ReviewCase, *deeds: tuple[User, Deed]) -> list[User]:
    """All begin together; whose deed was done."""
    barrier = Barrier(len(deeds))

    def act(actor: User, deed: Deed) -> bool:
        found = ReviewCase.objects.get(pk=case.pk)
        barrier.wait()
        try:
            return deed(found, actor) is not False
        except ReviewError:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as threads:
        done = [(actor, threads.submit(act, actor, deed)) for actor, deed in deeds]
        return [actor for actor, deed in done if deed.result()]


def release(case: ReviewCase, actor: User) -> bool:
    return moderation.release(case, actor, "harmless")


def uphold(case: ReviewCase, actor: User) -> bool:
    return moderation.uphold(case, actor, "unlawful")


def acts(case: ReviewCase, *wanted: Act) -> list[object]:
    return list(ReviewEvent.objects.filter(case=case, act__in=wanted).values_list("actor_code", flat=True))


def test_one_of_them_is_first(ada: User, judge: User, other: User) -> None:
    """In one test, because to empty such a database takes longer than all of it."""
    for _ in range(CASES):
        one_has_the_case_and_one_verdict_counts(people.case_of(people.withheld(ada, level=1).reply), judge, other)
        a_proposal_is_agreed_to_once(people.case_of(people.withheld(ada, level=0).reply), judge, other)
    assert evidence.verify(deep=True).fault is None


def one_has_the_case_and_one_verdict_counts(case: ReviewCase, judge: User, other: User) -> None:
    (holder,) = at_once(case, (judge, moderation.claim), (other, moderation.claim))
    assert acts(case, Act.CLAIMED) == [holder.code]
    assert at_once(case, (judge, release), (other, uphold)) == [holder]
    assert acts(case, Act.RELEASED, Act.UPHELD) == [holder.code]


def a_proposal_is_agreed_to_once(case: ReviewCase, judge: User, other: User) -> None:
    assert not release(case, judge)  # not yet
    assert case.state == CaseState.PROPOSED
    (decider,) = at_once(case, (other, release), (people.reviewer(), uphold))
    assert acts(case, Act.RELEASED, Act.UPHELD) == [decider.code]
    case.refresh_from_db()
    assert case.state == (CaseState.RELEASED if decider == other else CaseState.UPHELD)
