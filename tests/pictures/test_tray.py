"""The pictures in a box, and how they become part of a message."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from conversations import pictures, present
from conversations.models import Conversation, NextMessage, PictureUse, TrayPicture, User
from conversations.turns import start, upcoming
from conversations.turns.drafts import Typed
from conversations.turns.errors import NoPicture
from conversations.turns.orders import question_of
from tests.people import answered, claimed, ended, fresh, order, person, running
from tests.people import text_part as text

from .bringing import asked_about, in_box

NEW = uuid.UUID("019a0000-0000-7000-8000-000000000001")


def codes(somebody: User, code: uuid.UUID = NEW) -> list[uuid.UUID]:
    return [row.code for row in pictures.tray_of(somebody, code)]


def test_pictures_stand_in_the_order_they_came_in(alice: User) -> None:
    rows = [in_box(alice, NEW, colour).code for colour in ("red", "lime", "blue")]
    assert codes(alice) == rows


@pytest.mark.parametrize(("by", "order_of"), [(1, [1, 0, 2]), (2, [1, 2, 0]), (9, [1, 2, 0]), (-1, [0, 1, 2])])
def test_they_can_be_put_elsewhere(alice: User, by: int, order_of: list[int]) -> None:
    rows = [in_box(alice, NEW, colour).code for colour in ("red", "lime", "blue")]
    assert pictures.move(alice, NEW, rows[0], by)
    assert codes(alice) == [rows[i] for i in order_of]


def test_one_can_be_taken_out_twice(alice: User) -> None:
    row = in_box(alice, NEW)
    assert pictures.remove(alice, NEW, row.code)
    assert not pictures.remove(alice, NEW, row.code)
    assert codes(alice) == []


def test_the_same_picture_is_in_a_box_once(alice: User) -> None:
    assert in_box(alice, NEW) == in_box(alice, NEW)


def test_a_message_has_no_more_than_it_may(alice: User, settings: Any) -> None:
    settings.CHATSITE_PICTURES_A_MESSAGE = 1
    in_box(alice, NEW)
    with pytest.raises(pictures.TooMany):
        in_box(alice, NEW, "blue")


def test_strangers_change_nothing(alice: User) -> None:
    row, eve = in_box(alice, NEW), person()
    assert not pictures.remove(eve, NEW, row.code)
    assert not pictures.move(eve, NEW, row.code, 1)
    assert not pictures.describe(eve, NEW, row.code, "mine")
    assert codes(alice) == [row.code]


def test_sending_makes_them_parts_of_the_question(alice: User) -> None:
    first, second = in_box(alice, NEW, "red"), in_box(alice, NEW, "blue")
    pictures.describe(alice, NEW, first.code, "A red field")
    question = start.send(order(alice), NEW, "What is this?", [second.code, first.code]).question
    assert [(part.kind, part.text) for part in question.parts] == [
        ("image", "A red field"),
        ("image", ""),
        ("text", "What is this?"),
    ]
    assert [each.code for each in present.pictures_of(question)] == [first.picture.code, second.picture.code]
    assert PictureUse.objects.filter(message=question).count() == 2
    assert not TrayPicture.objects.exists()
    assert present.text_of(question) == "What is this?"


def test_only_what_the_form_names_is_sent(alice: User) -> None:
    first, second = in_box(alice, NEW, "red"), in_box(alice, NEW, "blue")
    start.send(order(alice), NEW, "This one", [second.code])
    assert codes(alice) == [first.code]


def test_pictures_need_no_text(alice: User) -> None:
    question = start.send(order(alice), NEW, "", [in_box(alice, NEW).code]).question
    assert [part.kind for part in question.parts] == ["image"]


def test_a_picture_that_is_gone_stops_the_message(alice: User) -> None:
    row = in_box(alice, NEW)
    pictures.remove(alice, NEW, row.code)
    with pytest.raises(NoPicture):
        start.send(order(alice), NEW, "What is this?", [row.code])
    assert not Conversation.objects.exists()


def test_pictures_of_others_are_nobody_s(alice: User) -> None:
    eve = person()
    with pytest.raises(NoPicture):
        start.send(order(eve), NEW, "What is this?", [in_box(alice, NEW).code])


def test_a_form_sent_twice_is_one_message_with_its_pictures(alice: User) -> None:
    key, row = uuid.uuid4(), in_box(alice, NEW)
    first = start.send(order(alice, key), NEW, "What is this?", [row.code])
    assert start.send(order(alice, key), NEW, "What is this?", [row.code]) == first


def test_a_picture_deleted_at_the_last_moment_stops_the_message(alice: User) -> None:
    row = in_box(alice, NEW)
    sent = pictures.sent([row])
    pictures.forget(row.picture)
    with pytest.raises(NoPicture):
        start.send_question(order(alice), NEW, question_of("What is this?", sent))


def test_an_edited_question_keeps_its_pictures_but_those_left_out(alice: User) -> None:
    turn = asked_about(alice, "red", "blue")
    claimed(turn)
    ended(fresh(turn), text("Colours."))
    red, blue = [each.code for each in present.pictures_of(turn.question)]
    again = start.edit_and_resend(order(alice), turn.conversation.code, turn.question.code, "And now?", [red]).question
    assert [each.code for each in present.pictures_of(again)] == [blue]
    assert PictureUse.objects.filter(message=again).count() == 1


class TestNext:
    """A message with pictures that waits for the end of a reply."""

    def test_waits_with_them_and_is_asked_with_them(self, alice: User) -> None:
        turn = running(alice)
        row = in_box(alice, turn.conversation.code)
        assert upcoming.store(order(alice), turn.conversation.code, "And this?", tray=[row.code])
        assert codes(alice, turn.conversation.code) == []
        ended(turn, text("Hi."), finish="stop")
        question = turn.conversation.messages.get(depth=2)
        assert [part.kind for part in question.parts] == ["image", "text"]
        assert not TrayPicture.objects.exists()

    def test_gives_them_back_into_the_box(self, alice: User) -> None:
        turn = running(alice)
        code = turn.conversation.code
        row = in_box(alice, code)
        assert upcoming.store(order(alice), code, "", tray=[row.code])
        upcoming.take_back(alice, code, Typed("", 0, uuid.uuid4()))
        assert codes(alice, code) == [row.code]
        assert not NextMessage.objects.exists()

    def test_takes_them_along_when_it_is_removed(self, alice: User) -> None:
        turn = running(alice)
        code = turn.conversation.code
        assert upcoming.store(order(alice), code, "And this?", tray=[in_box(alice, code).code])
        upcoming.remove(alice, code)
        assert not TrayPicture.objects.exists()

    def test_stays_in_the_box_when_one_is_gone(self, alice: User) -> None:
        turn = running(alice)
        with pytest.raises(NoPicture):
            upcoming.store(order(alice), turn.conversation.code, "And this?", tray=[uuid.uuid4()])
        assert not NextMessage.objects.exists()


def test_the_box_of_an_old_conversation_is_its_person_s_only(alice: User) -> None:
    conversation = answered(alice).conversation
    row = in_box(alice, conversation.code)
    assert start.send(order(alice), conversation.code, "This?", [row.code]).question.depth == 2
