"""A queue of ten thousand open cases."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection

from conversations import clock, moderation
from conversations.models import CaseState, ReviewCase, User
from conversations.moderation import QueueFilter
from tests import people

pytestmark = pytest.mark.django_db

COUNT = 10_000
PAGE = 30


@pytest.fixture
def crowd(judge: User) -> None:
    """The first of all is the judge's own; a tenth is late."""
    now = clock.now()

    def case(number: int) -> ReviewCase:
        due = now + dt.timedelta(minutes=number - COUNT // 10, seconds=30)
        person = judge.code if number == 0 else uuid.uuid4()
        facts: dict[str, Any] = {"conversation_code": uuid.uuid4(), "message_code": uuid.uuid4(), "person_code": person}
        return ReviewCase(role="assistant", source="finish", level=1, opened_at=now, due_at=due, **facts)

    ReviewCase.objects.bulk_create(map(case, range(COUNT)), batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.usefixtures("crowd")
class TestTenThousandCases:
    def test_are_counted_without_the_own_one(self, judge: User, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(4):
            found = moderation.counters(judge)
        assert (found.open, found.overdue) == (COUNT - 1, COUNT // 10 - 1)

    def test_are_gone_through_one_by_one_by_several(self, judge: User, other: User) -> None:
        due = ReviewCase.objects.order_by("due_at").values_list("pk", flat=True)
        taken = []
        for reviewer in (judge, other, people.reviewer()):
            case = moderation.next_case(reviewer)
            assert case is not None
            moderation.claim(case, reviewer)
            taken.append(case.pk)
        assert taken == [due[1], due[0], due[2]]  # the first is not for whom it is about

    def test_are_read_page_by_page_without_a_gap_or_a_double(self, judge: User) -> None:
        seen: list[int] = []
        last: ReviewCase | None = None
        while page := list(moderation.queue(judge, after=last)[:1000]):
            seen += [case.pk for case in page]
            last = page[-1]
        assert (len(seen), len(set(seen))) == (COUNT, COUNT)

    @pytest.mark.parametrize("wanted", [QueueFilter(), QueueFilter(state=CaseState.OPEN)])
    def test_are_found_in_an_index_from_wherever_the_page_begins(self, judge: User, wanted: QueueFilter) -> None:
        middle = ReviewCase.objects.order_by("due_at")[COUNT // 2]
        plan = moderation.queue(judge, wanted, after=middle)[:PAGE].explain()
        assert "index" in plan.lower()
        assert "B-TREE" not in plan  # SQLite's word for sorting
        assert "Seq Scan" not in plan
        assert "->  Sort" not in plan
