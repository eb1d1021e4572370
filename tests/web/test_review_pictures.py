"""Pictures of a case: out of focus, shown one by one or all, each look written down, and for its reviewer alone."""

from __future__ import annotations

import re
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from conversations import evidence, imaging, moderation, pictures
from conversations.models import Act, Message, Picture, ReviewCase, ReviewEvent, Turn, TurnState, User, text_part
from conversations.moderation import Concern
from tests import people
from tests.people import claimed, ended, fresh
from tests.pictures.bringing import asked_about, brought, files, png

from .desk import SECRET, acts, at
from .pages import HTMX, html, words
from .test_pictures import body

pytestmark = pytest.mark.django_db


def flagged(person: User, *colours: Any) -> Turn:
    """A turn whose reply was withheld; its question has pictures."""
    turn = asked_about(person, *colours)
    claimed(turn)
    return ended(fresh(turn), text_part(SECRET), TurnState.FILTERED, Concern("finish", "assistant", 1))


@pytest.fixture
def turn(alice: User) -> Turn:
    return flagged(alice, "red", "blue")


@pytest.fixture
def case(turn: Turn) -> ReviewCase:
    return people.case_of(turn.reply)


@pytest.fixture
def one(turn: Turn) -> Picture:
    return Picture.objects.order_by("pk")[0]


def address(case: ReviewCase, picture: Picture, size: str = "") -> str:
    return at(case, f"pictures/{picture.code}/{size}")


def looked_at(case: ReviewCase) -> list[Any]:
    rows = ReviewEvent.objects.filter(case=case, act=Act.PICTURE_SEEN).order_by("pk")
    return list(rows.values_list("picture_code", flat=True))


class TestWithTheText:
    def test_they_are_out_of_focus(self, at_judge: Client, case: ReviewCase, one: Picture) -> None:
        page = at_judge.post(at(case, "show/"))
        assert html(page).count("/dim/") == 2
        assert "2 pictures are out of focus" in words(page)
        assert address(case, one, "small/") not in html(page)
        assert looked_at(case) == []

    def test_nobody_can_tell_what_they_show(self, at_judge: Client, case: ReviewCase, one: Picture) -> None:
        at_judge.post(at(case, "show/"))
        response = at_judge.get(address(case, one, "dim/"))
        assert max(Image.open(BytesIO(response.content)).size) <= 8
        assert "no-store" in response["Cache-Control"]
        for size in ("", "small/"):
            assert at_judge.get(address(case, one, size)).status_code == HTTPStatus.NOT_FOUND

    def test_while_nobody_can_be_started_who_reads_them_it_comes_again(
        self, at_judge: Client, case: ReviewCase, one: Picture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: Any) -> None:
            raise imaging.NoReader("no memory")

        at_judge.post(at(case, "show/"))
        monkeypatch.setattr(imaging, "out_of_focus", fails)
        assert at_judge.get(address(case, one, "dim/")).status_code == HTTPStatus.SERVICE_UNAVAILABLE

    def test_not_before_it(self, at_judge: Client, case: ReviewCase, one: Picture) -> None:
        page = at_judge.get(at(case))
        assert "/pictures/" not in html(page).replace('href="/pictures/"', "")
        assert at_judge.get(address(case, one, "dim/")).status_code == HTTPStatus.NOT_FOUND

    def test_the_cover_says_how_many(self, at_judge: Client, alice: User) -> None:
        turn = asked_about(alice, "red", text="See?")
        claimed(turn)
        ended(fresh(turn), (), TurnState.FILTERED, Concern("http_1301", "user", 1))
        assert "The text, 4 characters, with 1 picture" in words(at_judge.get(at(people.case_of(turn.question))))


class TestShowing:
    def test_one_is_written_down_and_the_other_stays(self, at_judge: Client, case: ReviewCase, one: Picture) -> None:
        at_judge.post(at(case, "show/"))
        shown = html(at_judge.post(at(case, "pictures/"), {"picture": str(one.code)}, headers=HTMX))
        assert "<html" not in shown
        assert address(case, one, "small/") in shown
        assert shown.count("/dim/") == 1
        assert acts(case) == ["opened", "claimed", "text_shown", "picture_seen"]
        assert looked_at(case) == [one.code]
        response = at_judge.get(address(case, one))
        assert body(response)[:4] == b"\x89PNG"
        assert response["Cache-Control"] == "no-store"

    def test_all_are_written_down_singly(self, at_judge: Client, case: ReviewCase) -> None:
        at_judge.post(at(case, "show/"))
        page = at_judge.post(at(case, "pictures/"), {"picture": "all", "text": "Half a note"})
        assert "Half a note" in words(page)
        assert "/dim/" not in html(page)
        assert set(looked_at(case)) == {picture.code for picture in Picture.objects.all()}
        assert "Looked at a picture ×2 you" in words(page)

    def test_without_the_text_shows_and_writes_down_that_too(
        self, at_judge: Client, case: ReviewCase, one: Picture
    ) -> None:
        at_judge.post(at(case, "pictures/"), {"picture": str(one.code)})
        assert acts(case) == ["opened", "text_shown", "picture_seen"]

    def test_lasts_until_the_text_is_shown_anew(self, at_judge: Client, case: ReviewCase, one: Picture) -> None:
        at_judge.post(at(case, "pictures/"), {"picture": "all"})
        at_judge.post(at(case, "show/"))
        assert at_judge.get(address(case, one)).status_code == HTTPStatus.NOT_FOUND

    def test_of_what_is_none_of_the_case_changes_nothing(self, at_judge: Client, case: ReviewCase, alice: User) -> None:
        foreign = brought(alice, png("lime"))
        at_judge.post(at(case, "show/"))
        for asked in (str(foreign.code), "nonsense", ""):
            assert at_judge.post(at(case, "pictures/"), {"picture": asked}).status_code == HTTPStatus.OK
        assert looked_at(case) == []
        for size in ("", "small/", "dim/"):
            assert at_judge.get(address(case, foreign, size)).status_code == HTTPStatus.NOT_FOUND


class TestOthers:
    def test_who_shows_it_to_himself_shows_it_to_nobody_else(
        self, at_judge: Client, other: User, case: ReviewCase, one: Picture
    ) -> None:
        at_judge.post(at(case, "pictures/"), {"picture": "all"})
        client = Client()
        client.force_login(other)
        assert client.get(address(case, one)).status_code == HTTPStatus.NOT_FOUND

    def test_are_not_let_in(self, at_bob: Client, at_alice: Client, case: ReviewCase, one: Picture) -> None:
        for client in (at_bob, at_alice):
            for size in ("", "small/", "dim/"):
                assert client.get(address(case, one, size)).status_code == HTTPStatus.NOT_FOUND
            refused = client.post(at(case, "pictures/"), {"picture": "all"})
            assert refused.status_code == HTTPStatus.NOT_FOUND
        assert looked_at(case) == []

    def test_about_oneself_is_somebody_elses(self, at_judge: Client, judge: User) -> None:
        case = people.case_of(flagged(judge, "red").reply)
        one = Picture.objects.get()
        assert at_judge.post(at(case, "pictures/"), {"picture": "all"}).status_code == HTTPStatus.FORBIDDEN
        assert at_judge.get(address(case, one, "dim/")).status_code == HTTPStatus.NOT_FOUND


class TestTheHold:
    def test_keeps_what_its_owner_deletes(self, at_judge: Client, case: ReviewCase, one: Picture) -> None:
        assert pictures.forget(one)
        assert not Picture.objects.of(one.owner).filter(pk=one.pk).exists()
        at_judge.post(at(case, "pictures/"), {"picture": "all"})
        assert at_judge.get(address(case, one)).status_code == HTTPStatus.OK

    def test_keeps_what_goes_with_its_conversation(self, at_judge: Client, case: ReviewCase, one: Picture) -> None:
        Message.objects.get(code=case.message_code).conversation.delete()
        page = at_judge.post(at(case, "show/"))
        assert "From the evidence: the conversation was deleted" in words(page)
        assert html(page).count("/dim/") == 2
        at_judge.post(at(case, "pictures/"), {"picture": "all"})
        assert at_judge.get(address(case, one)).status_code == HTTPStatus.OK

    def test_ends_with_that_of_the_evidence(self, judge: User, case: ReviewCase, one: Picture) -> None:
        names = {one.file, one.small}
        pictures.forget(one)
        evidence.end_hold(case.code, judge, "Over")
        pictures.sweep()
        assert not Picture.objects.filter(pk=one.pk).exists()
        assert not names & set(files(default_storage))


def test_a_question_of_nothing_but_a_picture_is_removed_too(alice: User, judge: User) -> None:
    turn = asked_about(alice, "red", text="")
    claimed(turn)
    turn = ended(fresh(turn), text_part("Red."))
    moderation.raise_flag(turn.question, judge, "Look at this.", None)
    people.upheld(turn.question, judge)
    assert Message.objects.get(pk=turn.question.pk).visibility == "removed"


def test_register_and_text_speak_of_pictures_in_both_languages(at_judge: Client, case: ReviewCase) -> None:
    chinese = {"Accept-Language": "zh-CN"}
    page = words(at_judge.post(at(case, "pictures/"), {"picture": "all"}, headers=chinese))
    assert re.search("看了一张图片 ×2", page)
