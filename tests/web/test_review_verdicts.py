"""Verdicts by the desk's form: what they do, what is refused, and that nothing typed is lost."""

import datetime as dt
import re
from http import HTTPStatus

import pytest
from django.test import Client

from conversations import clock, moderation
from conversations.models import Message, ReviewCase, User, Visibility
from tests import people

from .desk import RELEASE, SECRET, UPHOLD, at, fresh, held
from .pages import html, words

pytestmark = pytest.mark.django_db


class TestAVerdict:
    def test_leads_to_the_next_case(self, at_judge: Client, judge: User, alice: User) -> None:
        case, following = held(alice, 1), held(alice, 2, "More.")
        assert at_judge.post(at(case, "verdict/"), RELEASE)["Location"] == at(following)
        assert (fresh(case).state, fresh(case).note) == ("released", "A quotation.")
        assert fresh(following).claimed_by == judge.code

    def test_is_known_to_its_author_only_after_a_minute(self, at_judge: Client, case: ReviewCase) -> None:
        page = at_judge.post(at(case, "verdict/"), RELEASE, follow=True)
        assert f"C-{case.pk}: released . Announced in 0:59" in words(page).replace("released.", "released .")
        assert Message.objects.get(code=case.message_code).visibility == Visibility.HELD

    def test_can_be_taken_back_until_then(self, at_judge: Client, judge: User, case: ReviewCase) -> None:
        at_judge.post(at(case, "verdict/"), UPHOLD)
        assert at_judge.post("/review/undo/", {"code": str(case.code)})["Location"] == at(case)
        assert (fresh(case).state, fresh(case).claimed_by) == ("claimed", judge.code)

    def test_cannot_be_taken_back_by_others_or_later(
        self, at_judge: Client, at_other: Client, case: ReviewCase
    ) -> None:
        at_judge.post(at(case, "verdict/"), UPHOLD)
        at_other.post("/review/undo/", {"code": f"{case.code} nonsense"})
        assert fresh(case).state == "upheld"
        moderation.announce(fresh(case))
        assert "was announced already" in words(at_judge.post("/review/undo/", {"code": str(case.code)}, follow=True))

    @pytest.mark.parametrize(
        ("form", "error", "wrong"),
        [
            ({"text": "kept"}, "Release, or uphold?", "verdict"),
            ({"verdict": "release", "text": "kept"}, "Choose one of the reasons.", "reason_release"),
            (
                {"verdict": "release", "reason_uphold": "danger", "text": "kept"},
                "Choose one of the reasons.",
                "reason_release",
            ),
            (
                {"verdict": "uphold", "reason_uphold": "harmless", "text": "kept"},
                "Select a valid choice",
                "reason_uphold",
            ),
            ({**UPHOLD, "text": "kept" + "x" * 2000}, "at most 2000 characters", "text"),
        ],
    )
    def test_needs_a_reason_of_its_own(
        self, at_judge: Client, case: ReviewCase, form: dict[str, str], error: str, wrong: str
    ) -> None:
        answer = at_judge.post(at(case, "verdict/"), {**form, "shown": "yes"})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert error in words(answer)
        assert re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"[^>]* autofocus\b', html(answer)) == [wrong]
        assert "kept" in html(answer)
        assert SECRET in html(answer)
        assert fresh(case).state == "open"

    def test_of_somebody_else_was_first(self, at_judge: Client, other: User, case: ReviewCase) -> None:
        moderation.uphold(case, other, "danger")
        answer = at_judge.post(at(case, "verdict/"), RELEASE)
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "It was decided in the meantime. What you typed is kept here." in words(answer)
        assert "A quotation." in html(answer)
        assert fresh(case).state == "upheld"

    def test_after_a_claim_that_another_took_keeps_the_text(
        self, at_judge: Client, judge: User, other: User, case: ReviewCase
    ) -> None:
        moderation.claim(case, judge)
        ReviewCase.objects.filter(pk=case.pk).update(claimed_until=clock.now() - dt.timedelta(seconds=1))
        moderation.claim(fresh(case), other)
        answer = at_judge.post(at(case, "verdict/"), RELEASE)
        assert answer.status_code == HTTPStatus.CONFLICT
        assert f"{other.username} has had this case since your claim ended, until" in words(answer)
        assert "A quotation." in html(answer)

    def test_after_a_claim_that_nobody_took_counts(self, at_judge: Client, judge: User, case: ReviewCase) -> None:
        moderation.claim(case, judge)
        moderation.expire_claims()
        ReviewCase.objects.filter(pk=case.pk).update(claimed_until=clock.now() - dt.timedelta(seconds=1))
        at_judge.post(at(case, "verdict/"), RELEASE)
        assert fresh(case).state == "released"

    def test_of_the_worst_level_takes_two(self, at_judge: Client, at_other: Client, judge: User, alice: User) -> None:
        case = held(alice, 0)
        assert "Level 0: a second person confirms a release Decide" in words(at_judge.get(at(case)))
        told = words(at_judge.post(at(case, "verdict/"), RELEASE, follow=True))
        assert f"C-{case.pk} waits for a second person." in told
        assert "It waits for a second person, who cannot be you." in words(at_judge.get(at(case)))
        assert at_judge.post(at(case, "verdict/"), RELEASE).status_code == HTTPStatus.CONFLICT
        second = at_other.get(at(case))
        assert f"{judge.username} proposes to release it Harmless: the filter was mistaken A quotation." in words(
            second
        )
        at_other.post(at(case, "verdict/"), {"verdict": "release", "reason_release": "context"})
        assert (fresh(case).state, fresh(case).reason_code) == ("released", "context")

    def test_that_is_not_agreed_to_goes_back(
        self, at_judge: Client, at_other: Client, judge: User, alice: User
    ) -> None:
        case = held(alice, 0)
        at_judge.post(at(case, "verdict/"), RELEASE)
        assert at_other.post(at(case, "send-back/"), {"text": "Look again."})["Location"] == "/review/"
        assert (fresh(case).state, fresh(case).claimed_by) == ("claimed", judge.code)
        assert "Look again." in words(at_judge.get(at(case)))
        assert at_other.post(at(case, "send-back/")).status_code == HTTPStatus.CONFLICT

    def test_is_given_to_all_of_the_same_text(self, at_judge: Client, alice: User) -> None:
        cases = [held(person, 2, "Spam.") for person in (alice, people.person(), people.person())]
        assert "The same for 2 other cases of this text" in words(at_judge.get(at(cases[0])))
        page = words(at_judge.post(at(cases[0], "verdict/"), {**UPHOLD, "alike": "on"}, follow=True))
        assert "3 cases decided." in page
        assert f"C-{cases[0].pk}: upheld and 2 more" in page
        assert {fresh(case).state for case in cases} == {"upheld"}
        at_judge.post("/review/undo/", {"code": " ".join(str(case.code) for case in cases)})
        assert {fresh(case).state for case in cases} == {"claimed"}

    def test_can_be_looked_at_again_for_a_reason(self, at_judge: Client, case: ReviewCase, judge: User) -> None:
        moderation.uphold(case, judge, "danger")
        moderation.announce(case)
        answer = at_judge.post(at(case, "reopen/"), {"text": ""})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Say why: the record keeps it." in words(answer)
        at_judge.post(at(case, "reopen/"), {"text": "There is news."})
        assert fresh(case).state == "open"
        assert "Opened again There is news. you" in words(at_judge.get(at(case)))
