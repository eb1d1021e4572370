"""The reviewer's desk without scripts: who may come, and the queue."""

import datetime as dt
from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from conversations import clock, moderation
from conversations.defaults import REVIEWER
from conversations.models import ReviewCase, User
from tests import people

from .desk import RELEASE, SECRET, acts, at, fresh, held
from .pages import HTMX, html, words

pytestmark = pytest.mark.django_db


class TestWhoMayComeHere:
    def test_reviewers_and_nobody_else(self, at_judge: Client, at_alice: Client, at_stranger: Client) -> None:
        assert at_judge.get("/review/").status_code == HTTPStatus.OK
        assert at_alice.get("/review/").status_code == HTTPStatus.FORBIDDEN
        assert at_stranger.get("/review/")["Location"] == "/accounts/login/?next=/review/"

    def test_for_others_no_case_exists(self, at_alice: Client, case: ReviewCase) -> None:
        assert at_alice.get(at(case)).status_code == HTTPStatus.NOT_FOUND
        for command in ("show/", "claim/", "verdict/", "give-back/", "send-back/", "reopen/", "touch/"):
            assert at_alice.post(at(case, command), RELEASE).status_code == HTTPStatus.NOT_FOUND
        assert acts(case) == ["opened"]

    def test_what_is_typed_outlives_the_role(self, at_judge: Client, judge: User, case: ReviewCase) -> None:
        judge.groups.remove(Group.objects.get(name=REVIEWER))
        answer = at_judge.post(at(case, "verdict/"), RELEASE)
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert "Nothing was decided." in words(answer)
        assert "A quotation." in html(answer)

    def test_the_list_leads_here_with_what_waits(
        self, at_alice: Client, judge: User, browser: Callable[[User | None], Client]
    ) -> None:
        User.objects.filter(pk=judge.pk).update(is_staff=True)
        held(people.person())
        assert "Review 1 case waits" in words(browser(judge).get("/"))
        assert "/review/" not in html(at_alice.get("/"))


# What the queue shows for each address.
ASKED_FOR: dict[str, set[str]] = {
    "": {"open", "mine", "theirs", "proposed", "reported"},
    "?state=open": {"open", "reported"},
    "?state=released": {"open", "mine", "theirs", "proposed", "reported"},
    "?show=mine": {"mine"},
    "?show=second": {"proposed"},
    "?show=closed": {"released", "upheld"},
    "?show=closed&state=upheld": {"upheld"},
    "?show=overdue": {"theirs"},
    "?source=report": {"reported"},
    "?level=0": {"proposed"},
    "?level=none": {"reported"},
    "?age=4": {"theirs"},
    "?level=7&show=nonsense&after=x": {"open", "mine", "theirs", "proposed", "reported"},
}


class TestTheQueue:
    def test_tells_of_each_case_what_is_needed_to_choose(self, at_judge: Client, alice: User) -> None:
        case = held(alice, 0)
        held(alice, 2)
        page = words(at_judge.get("/review/"))
        assert f"C-{case.pk} Stopped by GLM's filter Reply Level 0 sandbox-plain Open 0:00 3:59" in page
        assert "Open 2 Mine 0 Second person 0 Overdue 0 Closed" in page
        assert SECRET not in page

    def test_shows_own_cases_as_waiting_for_somebody_else(self, at_judge: Client, judge: User) -> None:
        case = held(judge)
        page = at_judge.get("/review/")
        assert "Your own conversation, not yours to review" in words(page)
        assert "Waits for somebody else" in words(page)
        assert at(case) not in html(page)
        assert "Open 0 Mine 0" in words(page)

    def test_shows_what_is_asked_for(self, at_judge: Client, judge: User, other: User, alice: User) -> None:
        reported = people.answered(alice)
        moderation.report(people.fresh(reported).reply, alice, "report_wrong")
        cases = {name: held(alice, reply=name) for name in ("open", "mine", "theirs", "released", "upheld")}
        cases |= {"reported": people.case_of(reported.reply), "proposed": held(alice, 0)}
        moderation.claim(cases["mine"], judge)
        moderation.claim(cases["theirs"], other)
        moderation.release(cases["proposed"], other, "harmless")
        moderation.release(cases["released"], other, "harmless")
        moderation.uphold(cases["upheld"], other, "danger")
        long_ago = clock.now() - dt.timedelta(hours=30)
        ReviewCase.objects.filter(pk=cases["theirs"].pk).update(opened_at=long_ago, due_at=long_ago)

        def found(query: str) -> set[str]:
            page = html(at_judge.get(f"/review/{query}"))
            return {name for name, case in cases.items() if f'href="{at(case)}"' in page}

        assert {query: found(query) for query in ASKED_FOR} == ASKED_FOR

    def test_goes_on_where_a_page_ends(self, at_judge: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("conversations.web.review.PER_PAGE", 2)
        cases = [held(alice, level) for level in (0, 1, 1)]
        first = html(at_judge.get("/review/?source=finish"))
        following = f"/review/?source=finish&amp;after={cases[1].code}"
        assert following in first
        assert at(cases[2]) not in first
        second = html(at_judge.get(following.replace("&amp;", "&")))
        assert [at(case) in second for case in cases] == [False, False, True]
        assert 'href="/review/?source=finish"' in second

    @pytest.mark.parametrize(
        ("query", "line"),
        [
            ("", "Nobody waits for you"),
            ("?show=mine", "You have claimed nothing"),
            ("?show=second", "No release waits for a second person"),
            ("?show=overdue", "Nothing is overdue"),
            ("?show=closed", "Nothing has been decided yet"),
            ("?level=0", "Nothing fits this filter"),
        ],
    )
    def test_says_when_there_is_nothing(self, at_judge: Client, query: str, line: str) -> None:
        assert line in words(at_judge.get(f"/review/{query}"))

    def test_says_how_fast_it_goes(self, at_judge: Client, judge: User, case: ReviewCase) -> None:
        assert "None closed today yet" in words(at_judge.get("/review/"))
        moderation.uphold(case, judge, "danger")
        assert "1 closed today, in 1 min" in words(at_judge.get("/review/"))

    def test_the_next_case_is_claimed_and_opened(self, at_judge: Client, judge: User, alice: User) -> None:
        mild, worst = held(alice, 2), held(alice, 0)
        answer = at_judge.post("/review/next/")
        assert answer["Location"] == at(worst)
        assert fresh(worst).claimed_by == judge.code
        assert at_judge.post("/review/next/", {"but": str(worst.code)})["Location"] == at(mild)

    def test_without_a_next_case_it_says_so(self, at_judge: Client) -> None:
        assert "Nothing else waits for you." in words(at_judge.post("/review/next/", follow=True))

    def test_keys_are_explained(self, at_judge: Client) -> None:
        assert "S Show the text" in words(at_judge.get("/review/keys/"))
        assert "<html" not in html(at_judge.get("/review/keys/", headers=HTMX))


def test_the_author_is_told_what_goes_on(at_alice: Client, case: ReviewCase) -> None:
    page = words(at_alice.get(f"/c/{case.conversation_code}/"))
    assert "Withheld in every open tab" in page
    assert "With the reviewers by" in page
    assert f"Case C-{case.pk} Stopped by GLM's filter" in page
