"""The page of a case without scripts: its facts, its text, and who is at it."""

import datetime as dt
import uuid
from http import HTTPStatus

import pytest
from django.test import Client

from conversations import clock, moderation
from conversations.models import Flag, Message, Policy, ReviewCase, User
from tests import people

from .desk import RELEASE, SECRET, acts, at, fresh, held
from .pages import HTMX, html, words

pytestmark = pytest.mark.django_db


class TestACase:
    def test_is_told_without_text_and_without_names(self, at_judge: Client, alice: User) -> None:
        people.upheld(people.withheld(alice).reply)
        case = held(alice)
        page = words(at_judge.get(at(case)))
        assert f"Member {alice.code.hex[-4:]}, masked" in page
        assert "Sees now A notice that a person will look" in page
        assert "Earlier 1 upheld" in page
        assert "The text, 9 characters Opening it is written to the register, and the case is yours then" in page
        assert "Tell me." not in page
        assert SECRET not in page
        assert "alice" not in page

    def test_a_look_is_written_down(self, at_judge: Client, case: ReviewCase) -> None:
        at_judge.get(at(case))
        at_judge.get(at(case))
        at_judge.head(at(case))
        assert acts(case) == ["opened", "looked", "looked"]
        assert "Looked at the facts ×3 you" in words(at_judge.get(at(case)))

    def test_its_text_is_shown_when_asked_for(self, at_judge: Client, judge: User, alice: User) -> None:
        first = people.answered(alice, "Before?", "Yes.")
        turn = people.withheld(alice, "Tell me.", SECRET, first.conversation, level=1)
        case = people.case_of(turn.reply)
        page = words(at_judge.post(at(case, "show/"), {"text": "Half a note"}))
        assert "Reply to 1 Yes." in page
        assert "Question 2 Tell me." in page
        assert SECRET in page
        assert "Half a note" in page
        assert fresh(case).claimed_by == judge.code
        assert acts(case) == ["opened", "claimed", "text_shown"]

    def test_a_script_gets_the_text_alone(self, at_judge: Client, case: ReviewCase) -> None:
        shown = html(at_judge.post(at(case, "show/"), headers=HTMX))
        assert SECRET in shown
        assert "<html" not in shown

    def test_what_others_hold_can_be_read(self, at_judge: Client, other: User, case: ReviewCase) -> None:
        moderation.claim(case, other)
        page = at_judge.post(at(case, "show/"))
        assert SECRET in words(page)
        assert f"{other.username} is at this case" in words(page)
        assert 'name="verdict"' not in html(page)
        assert fresh(case).claimed_by == other.code

    def test_of_a_purged_conversation_the_evidence_is_shown(self, at_judge: Client, case: ReviewCase) -> None:
        Message.objects.get(code=case.message_code).conversation.delete()
        page = words(at_judge.post(at(case, "show/")))
        assert "From the evidence: the conversation was deleted" in page
        assert SECRET in page

    def test_about_oneself_is_somebody_elses(self, at_judge: Client, judge: User) -> None:
        case = held(judge)
        answers = [
            at_judge.get(at(case)),
            at_judge.post(at(case, "show/")),
            at_judge.post(at(case, "verdict/"), RELEASE),
        ]
        answers += [at_judge.post(at(case, "claim/")), at_judge.post(at(case, "reopen/"), {"text": "why"})]
        for answer in answers:
            assert answer.status_code == HTTPStatus.FORBIDDEN
            assert "Somebody else looks at this one" in words(answer)
        assert acts(case) == ["opened"]

    def test_about_oneself_is_decided_where_nobody_else_is(self, at_judge: Client, judge: User) -> None:
        Policy.objects.update_or_create(pk=1, defaults={"solo": True})
        case = held(judge, 0)
        assert "the record says self-reviewed" in words(at_judge.get(at(case)))
        at_judge.post(at(case, "verdict/"), RELEASE)
        assert (fresh(case).state, fresh(case).is_self_reviewed) == ("released", True)
        assert "Self-reviewed: nobody else could." in words(at_judge.get(at(case)))

    def test_another_message_is_put_before_reviewers(self, at_judge: Client, alice: User) -> None:
        first = people.answered(alice, "Before?", "Worse.")
        case = people.case_of(people.withheld(alice, "And?", SECRET, first.conversation).reply)
        address = at(case, f"flag/{first.reply.code}/")
        assert address in html(at_judge.post(at(case, "show/")))
        assert "Say why" in words(at_judge.post(address, {"text": " "}, follow=True))
        at_judge.post(address, {"text": "Look at this."})
        assert Flag.objects.get(message_code=first.reply.code).words == "Look at this."
        elsewhere = people.answered(people.person()).reply
        assert at_judge.post(at(case, f"flag/{elsewhere.code}/"), {"text": "x"}).status_code == HTTPStatus.NOT_FOUND
        assert at_judge.post(at(case, f"flag/{uuid.uuid4()}/"), {"text": "x"}).status_code == HTTPStatus.NOT_FOUND


class TestAClaim:
    def test_is_taken_kept_and_given_back(self, at_judge: Client, judge: User, case: ReviewCase) -> None:
        assert at_judge.post(at(case, "claim/"))["Location"] == at(case)
        assert "Yours" in words(at_judge.get(at(case)))
        kept = at_judge.post(at(case, "claim/"), {"text": "Half a note"})
        assert "Half a note" in html(kept)
        assert "is open for others again" in words(at_judge.post(at(case, "give-back/"), follow=True))
        assert fresh(case).state == "open"

    def test_goes_on_with_every_sign_of_life(self, at_judge: Client, judge: User, case: ReviewCase) -> None:
        moderation.claim(case, judge)
        soon = clock.now() + dt.timedelta(seconds=30)
        for act, address in ((at_judge.get, at(case)), (at_judge.post, at(case, "touch/"))):
            ReviewCase.objects.filter(pk=case.pk).update(claimed_until=soon)
            assert act(address).status_code == HTTPStatus.OK
            assert fresh(case).claimed_until > soon

    def test_that_is_lost_is_not_kept_alive(self, at_judge: Client, other: User, case: ReviewCase) -> None:
        moderation.claim(case, other)
        assert at_judge.post(at(case, "touch/")).status_code == HTTPStatus.CONFLICT
        answer = at_judge.post(at(case, "claim/"), {"verdict": "", "text": "Half a note"})
        assert answer.status_code == HTTPStatus.CONFLICT
        assert f"{other.username} has had this case since your claim ended" in words(answer)
        assert "Half a note" in html(answer)
