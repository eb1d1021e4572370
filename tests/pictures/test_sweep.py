"""Pictures that nothing uses are deleted, and nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.core.files.storage import Storage

from conversations import clock, pictures
from conversations.models import Conversation, Picture, PictureHold, PictureState, TurnState, User, text_part
from conversations.moderation import Concern
from tests.people import claimed, ended, fresh

from .bringing import asked_about, brought, files, in_box

NEW = uuid.uuid4()


@pytest.fixture
def days_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    now = clock.now()
    return lambda days: monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(days=days))


def test_what_nothing_uses_goes_after_its_grace(
    alice: User, storage: Storage, days_later: Callable[[float], None]
) -> None:
    brought(alice)
    days_later(0.9)
    assert pictures.sweep() == 0
    days_later(1.1)
    assert pictures.sweep() == 1
    assert not files(storage)
    assert not Picture.objects.exists()


def test_what_is_in_a_message_or_a_box_stays(alice: User, days_later: Callable[[float], None]) -> None:
    asked_about(alice, "red")
    in_box(alice, NEW, "blue")
    days_later(400)
    assert pictures.sweep() == 0


def test_the_last_message_takes_its_pictures_along(alice: User, days_later: Callable[[float], None]) -> None:
    first, second = asked_about(alice, "red"), asked_about(alice, "red")
    first.conversation.delete()
    days_later(2)
    assert pictures.sweep() == 0
    second.conversation.delete()
    assert pictures.sweep() == 1


def test_what_is_taken_out_of_the_box_has_its_grace_from_then(alice: User, days_later: Callable[[float], None]) -> None:
    row = in_box(alice, NEW)
    days_later(5)
    pictures.remove(alice, NEW, row.code)
    assert pictures.sweep() == 0


def test_a_case_keeps_its_pictures(alice: User, storage: Storage, days_later: Callable[[float], None]) -> None:
    picture = brought(alice)
    hold = PictureHold.objects.create(picture=picture, case_code=uuid.uuid4())
    days_later(9)
    assert pictures.sweep() == 0
    pictures.forget(picture)
    assert len(files(storage)) == 2
    assert not Picture.objects.of(alice).exists()
    hold.delete()
    assert pictures.sweep() == 1
    assert not files(storage)


@pytest.mark.parametrize("state", [PictureState.ARRIVING, PictureState.LEAVING])
def test_what_a_dead_process_left_is_cleared_away(
    alice: User, storage: Storage, days_later: Callable[[float], None], state: PictureState
) -> None:
    Picture.objects.filter(pk=brought(alice).pk).update(state=state)
    days_later(0.1)
    assert pictures.sweep() == 1
    assert not files(storage)


def test_one_that_is_used_at_that_moment_stays(alice: User, days_later: Callable[[float], None]) -> None:
    picture = brought(alice)
    days_later(2)
    Picture.objects.filter(pk=picture.pk).update(used_at=clock.now())
    assert not pictures.forget(picture)
    assert Picture.objects.of(alice).exists()


def test_a_flagged_reply_keeps_the_pictures_that_were_asked_about(
    alice: User, storage: Storage, days_later: Callable[[float], None]
) -> None:
    turn = asked_about(alice)
    claimed(turn)
    ended(fresh(turn), text_part("A secret."), TurnState.FILTERED, Concern("finish", "assistant", 1))
    Conversation.objects.all().delete()
    days_later(9)
    assert pictures.sweep() == 0
    assert len(files(storage)) == 2
