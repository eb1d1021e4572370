"""Verdicts: who, with whom, until when, and what the record says."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group

from conversations import broadcast, evidence, moderation
from conversations.defaults import REVIEWER
from conversations.models import (
    CaseState,
    EvidenceEntry,
    EvidenceKind,
    Flag,
    Message,
    Notice,
    NoticeKind,
    Policy,
    ReviewCase,
    ReviewEvent,
    TurnState,
    User,
    Visibility,
)
from conversations.moderation import Concern
from conversations.turns import start
from tests import people

from .conftest import Later

pytestmark = pytest.mark.django_db

Verdict = Callable[[ReviewCase, User, str], bool]
VERDICTS = [(moderation.release, "harmless"), (moderation.uphold, "unlawful")]


def fresh(case: ReviewCase) -> ReviewCase:
    return ReviewCase.objects.get(pk=case.pk)


def visibility(case: ReviewCase) -> str:
    return Message.objects.get(code=case.message_code).visibility


def events(case: ReviewCase) -> list[tuple[str, str, str]]:
    rows = ReviewEvent.objects.filter(case=case).order_by("pk")
    return [(event.act, event.before, event.after) for event in rows]


def sealed(case: ReviewCase) -> list[str]:
    return list(EvidenceEntry.objects.filter(case_code=case.code).order_by("seq").values_list("kind", flat=True))


def made_reviewer(person: User) -> User:
    person.groups.add(Group.objects.get(name=REVIEWER))
    return person


@pytest.mark.parametrize(("verdict", "reason"), VERDICTS)
class TestAVerdict:
    def test_is_written_down_with_who_and_why(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User
    ) -> None:
        assert verdict(case, judge, reason, "seen twice")  # type: ignore[call-arg]
        after = fresh(case)
        assert (after.decided_by, after.reason_code, after.note) == (judge.code, reason, "seen twice")
        assert events(case)[1:] == [
            ("claimed", "open", "claimed"),
            (after.state, "claimed", after.state),
        ]
        last = ReviewEvent.objects.order_by("pk").last()
        assert last is not None
        assert (last.actor_code, last.reason_code, last.reason) == (judge.code, reason, "seen twice")
        assert sealed(case) == ["flagged", "decided"]

    def test_that_comes_second_changes_nothing(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User, other: User
    ) -> None:
        stale = fresh(case)
        assert moderation.uphold(case, judge, "unlawful")
        with pytest.raises(moderation.Decided):
            verdict(stale, other, reason)
        assert fresh(case).decided_by == judge.code

    def test_is_given_by_nobody_while_somebody_else_is_at_it(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User, other: User
    ) -> None:
        moderation.claim(case, judge)
        with pytest.raises(moderation.Taken):
            verdict(case, other, reason)

    @pytest.mark.parametrize("code", ["", "nonsense", "report_wrong"])
    def test_needs_one_of_its_reasons(
        self, verdict: Verdict, reason: str, code: str, case: ReviewCase, judge: User
    ) -> None:
        with pytest.raises(moderation.NoSuchReason):
            verdict(case, judge, code)
        assert fresh(case).state == CaseState.OPEN

    def test_takes_no_reason_of_the_other_verdict(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User
    ) -> None:
        wrong = {"harmless": "unlawful", "unlawful": "harmless"}[reason]
        with pytest.raises(moderation.NoSuchReason):
            verdict(case, judge, wrong)

    def test_changes_nothing_before_it_is_announced(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User
    ) -> None:
        verdict(case, judge, reason)
        assert visibility(case) == Visibility.HELD
        assert moderation.announce_due() == 0
        assert not Notice.objects.exists()

    def test_is_announced_after_a_minute_once(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User, ada: User, later: Later
    ) -> None:
        verdict(case, judge, reason)
        later(seconds=61)
        assert moderation.announce_due() == 1
        assert moderation.announce_due() == 0
        assert visibility(case) == {"harmless": Visibility.SHOWN, "unlawful": Visibility.REMOVED}[reason]
        notice = Notice.objects.get(person=ada)
        kind = {"harmless": NoticeKind.RELEASED, "unlawful": NoticeKind.UPHELD}[reason]
        assert (notice.kind, notice.data["reason_code"]) == (kind, reason)

    def test_is_announced_at_once_where_there_is_no_time_to_undo(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User, settings: Any
    ) -> None:
        settings.CHATSITE_REVIEW_UNDO = 0
        verdict(case, judge, reason)
        assert visibility(case) != Visibility.HELD

    def test_is_announced_once_by_two_processes(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User
    ) -> None:
        verdict(case, judge, reason)
        here, there = fresh(case), fresh(case)
        assert moderation.announce(here)
        assert not moderation.announce(there)

    def test_can_be_undone_for_a_minute(self, verdict: Verdict, reason: str, case: ReviewCase, judge: User) -> None:
        verdict(case, judge, reason)
        moderation.undo(case, judge)
        after = fresh(case)
        assert (after.state, after.claimed_by, after.decided_by) == (CaseState.CLAIMED, judge.code, None)
        assert [act for act, _, _ in events(case)][-2:] == ["undone", "claimed"]
        assert sealed(case) == ["flagged", "decided", "reopened"]
        assert moderation.announce_due() == 0

    def test_cannot_be_undone_once_it_is_announced(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User
    ) -> None:
        verdict(case, judge, reason)
        moderation.announce(fresh(case))
        with pytest.raises(moderation.TooLate):
            moderation.undo(case, judge)

    def test_is_undone_by_whoever_gave_it(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User, other: User
    ) -> None:
        verdict(case, judge, reason)
        with pytest.raises(moderation.NotYours):
            moderation.undo(case, other)

    def test_that_was_undone_is_not_announced_by_a_process_that_knows_it_still(
        self, verdict: Verdict, reason: str, case: ReviewCase, judge: User
    ) -> None:
        verdict(case, judge, reason)
        stale = fresh(case)
        moderation.undo(case, judge)
        assert not moderation.announce(stale)
        assert visibility(case) == Visibility.HELD

    def test_on_an_own_case_is_refused(
        self, verdict: Verdict, reason: str, case: ReviewCase, ada: User, judge: User
    ) -> None:
        made_reviewer(ada)
        with pytest.raises(moderation.OwnCase):
            verdict(case, ada, reason)
        assert events(case) == [("opened", "", "open")]


class TestASecondPerson:
    def test_is_needed_to_release_the_worst(self, worst: ReviewCase, judge: User, other: User) -> None:
        assert not moderation.release(worst, judge, "quotation", "from a play")
        assert (fresh(worst).state, fresh(worst).proposed_by) == (CaseState.PROPOSED, judge.code)
        assert moderation.release(worst, other, "")
        after = fresh(worst)
        assert (after.state, after.decided_by, after.reason_code) == (CaseState.RELEASED, other.code, "quotation")

    def test_is_another_one(self, worst: ReviewCase, judge: User) -> None:
        moderation.release(worst, judge, "quotation")
        for act in (
            lambda: moderation.release(worst, judge, "quotation"),
            lambda: moderation.uphold(worst, judge, "unlawful"),
            lambda: moderation.claim(worst, judge),
        ):
            with pytest.raises(moderation.SamePerson):
                act()

    def test_is_not_the_author(self, worst: ReviewCase, judge: User, ada: User) -> None:
        moderation.release(worst, judge, "quotation")
        with pytest.raises(moderation.OwnCase):
            moderation.release(worst, made_reviewer(ada), "")

    def test_may_uphold_instead(self, worst: ReviewCase, judge: User, other: User) -> None:
        moderation.release(worst, judge, "quotation")
        assert moderation.uphold(worst, other, "violence")
        assert fresh(worst).state == CaseState.UPHELD

    def test_may_send_it_back(self, worst: ReviewCase, judge: User, other: User) -> None:
        moderation.release(worst, judge, "quotation")
        moderation.send_back(worst, other, "which play?")
        assert (fresh(worst).state, fresh(worst).claimed_by) == (CaseState.CLAIMED, judge.code)
        assert not moderation.release(worst, judge, "quotation", "Hamlet")

    def test_is_not_waited_for_any_more_when_the_first_takes_it_back(self, worst: ReviewCase, judge: User) -> None:
        moderation.release(worst, judge, "quotation")
        moderation.send_back(worst, judge)
        assert moderation.uphold(worst, judge, "unlawful")

    def test_of_two_only_one_decides(self, worst: ReviewCase, judge: User, other: User) -> None:
        moderation.release(worst, judge, "quotation")
        stale = fresh(worst)
        moderation.release(worst, other, "")
        with pytest.raises(moderation.Decided):
            moderation.uphold(stale, people.reviewer(), "unlawful")

    def test_is_not_needed_to_uphold(self, worst: ReviewCase, judge: User) -> None:
        assert moderation.uphold(worst, judge, "violence")

    def test_is_needed_where_a_later_flag_is_the_worst(self, ada: User, judge: User) -> None:
        turn = people.withheld(ada, level=2)
        turn.conversation.next_revision()
        moderation.open_case(people.fresh(turn).reply, [Concern("content_filter", "assistant", 0)])
        assert not moderation.release(people.case_of(turn.reply), judge, "harmless")

    def test_who_has_nothing_to_send_back_sends_nothing_back(self, case: ReviewCase, judge: User) -> None:
        with pytest.raises(moderation.NotYours):
            moderation.send_back(case, judge)
        moderation.uphold(case, judge, "unlawful")
        with pytest.raises(moderation.Decided):
            moderation.send_back(case, judge)


class TestAloneOnTheSite:
    def solo(self) -> None:
        policy = Policy.current()
        policy.solo = True
        policy.save()

    def test_one_decides_on_oneself_when_the_policy_says_so(self, worst: ReviewCase, ada: User) -> None:
        self.solo()
        assert moderation.release(worst, made_reviewer(ada), "harmless")
        assert fresh(worst).is_self_reviewed
        payload = evidence.last_payload(worst.code, EvidenceKind.DECIDED)
        assert payload is not None
        assert payload["self_reviewed"] is True

    def test_one_does_not_without_that_policy(self, case: ReviewCase, ada: User) -> None:
        with pytest.raises(moderation.OwnCase):
            moderation.claim(case, made_reviewer(ada))

    def test_one_does_not_while_there_is_another_reviewer(self, case: ReviewCase, ada: User, judge: User) -> None:
        self.solo()
        with pytest.raises(moderation.OwnCase):
            moderation.claim(case, made_reviewer(ada))
        User.objects.filter(pk=judge.pk).update(is_active=False)
        moderation.claim(case, ada)

    def test_the_case_of_somebody_else_is_an_ordinary_one(self, case: ReviewCase, judge: User) -> None:
        self.solo()
        moderation.release(case, judge, "harmless")
        assert not fresh(case).is_self_reviewed


class TestAReopenedCase:
    @pytest.mark.parametrize("decided", [people.released, people.upheld])
    def test_withholds_its_text_until_the_next_verdict(
        self, decided: Callable[..., ReviewCase], ada: User, judge: User
    ) -> None:
        turn = people.withheld(ada)
        case = decided(turn.reply)
        moderation.reopen(case, judge, "a complaint came in")
        assert (fresh(case).state, visibility(case)) == (CaseState.OPEN, Visibility.HELD)
        assert people.fresh(turn).reply.reason_code == ""
        moderation.release(case, judge, "harmless")
        moderation.announce(fresh(case))
        assert visibility(case) == Visibility.SHOWN

    def test_is_not_one_that_is_open(self, case: ReviewCase, judge: User) -> None:
        with pytest.raises(moderation.NotYours):
            moderation.reopen(case, judge, "why not")

    def test_is_not_an_own_one(self, ada: User) -> None:
        case = people.upheld(people.withheld(ada).reply)
        with pytest.raises(moderation.OwnCase):
            moderation.reopen(case, made_reviewer(ada), "I mean it")


class TestASecondFlag:
    ABOUT_QUESTION = Concern("http_1301", "user", 1)

    def test_opens_again_what_was_decided_in_that_moment(
        self, ada: User, judge: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turn = people.withheld(ada, level=1)
        case = people.case_of(turn.reply)
        seen = fresh(case)
        moderation.uphold(case, judge, "unlawful")
        monkeypatch.setattr(type(ReviewCase.objects), "get_or_create", lambda *_, **__: (seen, False))
        moderation.open_case(people.fresh(turn).reply, [Concern("content_filter", "assistant", 0)])
        assert (fresh(case).state, fresh(case).decided_at) == (CaseState.OPEN, None)

    def test_joins_the_open_case(self, ada: User) -> None:
        turn = people.ended(
            people.running(ada), (), TurnState.FILTERED, self.ABOUT_QUESTION, Concern("http_1301", "user", 0)
        )
        case = ReviewCase.objects.get()
        assert case.message_code == turn.question.code
        assert (case.flags.count(), case.level, case.needs_second) == (2, 0, True)

    def test_that_is_worse_shortens_the_time(self, case: ReviewCase) -> None:
        message = Message.objects.select_related("conversation__owner").get(code=case.message_code)
        message.conversation.next_revision()
        moderation.open_case(message, [Concern("content_filter", "assistant", 0)])
        assert fresh(case).due_at < case.due_at
        assert events(case)[-1] == ("flagged", "open", "open")

    def test_on_a_released_question_asks_a_person_again(self, ada: User, judge: User) -> None:
        turn = people.ended(people.running(ada, "odd"), (), TurnState.FILTERED, self.ABOUT_QUESTION)
        people.released(turn.question)
        again = start.regenerate(people.order(ada), turn.conversation.code, turn.reply.code)
        people.claimed(again)
        people.ended(again, (), TurnState.FILTERED, self.ABOUT_QUESTION)
        case = people.case_of(turn.question)
        assert people.fresh(turn).question.visibility == Visibility.BLOCKED
        assert (case.state, case.claimed_by, case.decided_at, case.announced_at) == (CaseState.OPEN, None, None, None)
        assert events(case)[-1] == ("reopened", "released", "open")
        people.released(turn.question)
        assert people.fresh(turn).question.visibility == Visibility.SHOWN


def test_a_verdict_on_a_sample_that_is_clean_is_no_news(ada: User, judge: User) -> None:
    turn = people.ended(people.running(ada), (), TurnState.COMPLETED, Concern("sample", "assistant"))
    people.released(turn.reply, judge)
    assert not Notice.objects.exists()


def test_the_queue_is_told_of_every_step(
    case: ReviewCase,
    judge: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    told: list[object] = []
    monkeypatch.setattr(broadcast, "publish", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        moderation.claim(case, judge)
        moderation.give_back(case, judge)
    assert told == [broadcast.QueueMoved()] * 2


def test_flags_are_kept_when_a_case_is_decided(case: ReviewCase, judge: User) -> None:
    moderation.uphold(case, judge, "unlawful")
    assert Flag.objects.filter(case=case).count() == 1
