"""What a reviewer sees, and that every look is written down."""

import pytest

from conversations import evidence, moderation
from conversations.models import CaseState, ReviewCase, ReviewEvent, User
from conversations.moderation import Counters, QueueFilter
from tests import people

from .conftest import Later

pytestmark = pytest.mark.django_db


def held(person: User, level: int | None = None, **facts: str) -> ReviewCase:
    levels = {} if level is None else {"level": level}
    return people.case_of(people.withheld(person, **facts, **levels).reply)  # type: ignore[arg-type]


WANTED: dict[QueueFilter, set[str]] = {
    QueueFilter(): {"open", "mine", "reported"},
    QueueFilter(state="open"): {"open", "reported"},
    QueueFilter(state="upheld"): {"decided"},
    QueueFilter(source="report"): {"reported"},
    QueueFilter(level=2): {"mine"},
    QueueFilter(is_mine=True): {"mine"},
    QueueFilter(is_overdue=True): set(),
}


class TestTheQueue:
    def test_begins_with_what_is_due_first(self, ada: User, judge: User) -> None:
        mild, worst = held(ada, 3), held(ada, 0)
        assert list(moderation.queue(judge)) == [worst, mild]

    def test_has_nothing_that_is_decided(self, ada: User, judge: User) -> None:
        people.upheld(people.withheld(ada).reply, judge)
        assert not moderation.queue(judge)

    def test_shows_what_is_wanted(self, ada: User, judge: User) -> None:
        turn = people.answered(ada)
        moderation.report(people.fresh(turn).reply, ada, "report_wrong")
        cases = {
            "open": held(ada, 1),
            "mine": held(ada, 2),
            "reported": people.case_of(turn.reply),
            "decided": people.upheld(people.withheld(ada).reply, judge),
        }
        moderation.claim(cases["mine"], judge)
        names = {case.pk: name for name, case in cases.items()}
        found = {wanted: {names[case.pk] for case in moderation.queue(judge, wanted)} for wanted in WANTED}
        assert found == WANTED

    def test_knows_what_is_late_and_what_is_old(self, ada: User, judge: User, later: Later) -> None:
        worst = held(ada, 0)
        later(hours=5)
        held(ada, 1)
        assert list(moderation.queue(judge, QueueFilter(is_overdue=True))) == [worst]
        assert list(moderation.queue(judge, QueueFilter(opened_before=worst.due_at))) == [worst]

    def test_is_counted_without_own_cases(self, ada: User, judge: User, other: User) -> None:
        held(judge)
        held(ada, 1)
        moderation.claim(held(ada, 1), judge)
        moderation.release(held(ada, 0), other, "harmless")
        assert moderation.counters(judge) == Counters(open=1, mine=1, proposed=1, overdue=0, undecided=3)
        assert moderation.counters(other) == Counters(open=2, mine=0, proposed=0, overdue=0, undecided=4)


class TestTheNextCase:
    def test_is_the_most_urgent_that_one_may_decide(self, ada: User, judge: User, other: User) -> None:
        held(judge, 0)
        moderation.claim(held(ada, 0), other)
        mild, bad = held(ada, 1), held(ada, 0)
        assert moderation.next_case(judge) == bad
        assert moderation.next_case(judge, but=bad) == mild

    def test_is_one_that_one_is_at_already(self, ada: User, judge: User) -> None:
        mine, _ = held(ada, 3), held(ada, 0)
        moderation.claim(mine, judge)
        assert moderation.next_case(judge) == mine

    def test_may_be_the_proposal_of_somebody_else(self, ada: User, judge: User, other: User) -> None:
        worst = held(ada, 0)
        moderation.release(worst, judge, "harmless")
        assert moderation.next_case(other) == worst
        assert moderation.next_case(judge) is None


class TestALook:
    def test_is_written_down(self, case: ReviewCase, judge: User) -> None:
        moderation.look(case, judge)
        moderation.show_text(case, judge, "to decide")
        rows = ReviewEvent.objects.filter(case=case, actor_code=judge.code).order_by("pk")
        assert [(row.act, row.before, row.after, row.reason) for row in rows] == [
            ("looked", "open", "open", ""),
            ("text_shown", "open", "open", "to decide"),
        ]

    @pytest.mark.parametrize("act", [moderation.look, moderation.show_text])
    def test_is_refused_at_an_own_case(self, act: object, ada: User, judge: User) -> None:
        case = held(judge)
        with pytest.raises(moderation.OwnCase):
            act(case, judge)  # type: ignore[operator]
        assert not moderation.may_look(case, judge)
        assert ReviewEvent.objects.filter(case=case).count() == 1

    def test_shows_the_turns_around(self, ada: User, judge: User) -> None:
        first = people.answered(ada, "one", "two")
        second = people.withheld(ada, "three", "A secret.", conversation=first.conversation)
        people.answered(ada, "five", "six", first.conversation)
        found = moderation.show_text(people.case_of(second.reply), judge)
        assert [each.parts[0].text for each in found.messages] == ["two", "three", "A secret.", "five", "six"]
        assert found.subject is not None
        assert (found.subject.code, found.is_sealed) == (second.reply.code, False)

    def test_shows_nothing_of_other_cases(self, ada: User, judge: User) -> None:
        first = people.withheld(ada, "one", "Another secret.")
        second = people.withheld(ada, "three", "A secret.", conversation=first.conversation)
        found = moderation.show_text(people.case_of(second.reply), judge)
        assert [len(each.parts) for each in found.messages] == [0, 1, 1]

    def test_tells_of_the_author_only_counts(self, ada: User) -> None:
        people.upheld(people.withheld(ada).reply)
        people.released(people.withheld(ada).reply)
        people.released(people.withheld(ada).reply)
        assert moderation.earlier_cases(held(ada)) == {"released": 2, "upheld": 1}

    def test_tells_what_the_author_sees(self, ada: User, judge: User) -> None:
        turn = people.withheld(ada)
        case = people.case_of(turn.reply)
        assert moderation.author_sees(case) == "held"
        people.upheld(turn.reply, judge)
        assert moderation.author_sees(case) == "removed"
        turn.conversation.delete()
        assert moderation.author_sees(case) == ""


def test_a_look_needs_no_evidence_and_leaves_the_case_as_it_is(case: ReviewCase, judge: User) -> None:
    before = evidence.head()
    moderation.look(case, judge)
    case.refresh_from_db()
    assert (case.state, evidence.head()) == (CaseState.OPEN, before)
