"""Taking pictures in: bounds, one of each, and nothing left of what failed."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.files.storage import Storage

from conversations import clock, pictures
from conversations.models import Picture, PictureState, User
from conversations.pictures import intake
from tests.imaging.files import read
from tests.people import person

from .bringing import brought, files, png


def test_a_picture_is_kept_with_a_small_one_under_names_nobody_can_guess(alice: User, storage: Storage) -> None:
    picture = brought(alice, png(size=900))
    assert picture.state == PictureState.READY
    assert sorted(files(storage)) == sorted([picture.file, picture.small])
    assert str(picture.code) not in picture.file
    assert (picture.width, picture.small_width) == (900, 480)
    assert picture.byte_count == storage.size(picture.file) + storage.size(picture.small)
    assert read(storage.open(picture.file).read()).size == (900, 900)


def test_the_same_file_again_is_the_same_picture(alice: User, storage: Storage) -> None:
    assert brought(alice) == brought(alice)
    assert len(files(storage)) == 2


def test_other_people_have_their_own(alice: User) -> None:
    assert brought(alice) != brought(person())


def test_what_comes_again_counts_as_new(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    first = brought(alice)
    later = clock.now() + dt.timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert brought(alice).used_at == later > first.used_at


def test_a_large_file_is_refused_before_it_is_read(alice: User, settings: Any, storage: Storage) -> None:
    settings.CHATSITE_PICTURE_BYTES = 50
    with pytest.raises(pictures.TooLarge):
        brought(alice)
    assert not files(storage)


def test_what_is_no_picture_leaves_nothing(alice: User, storage: Storage) -> None:
    with pytest.raises(pictures.Unreadable):
        brought(alice, b"<svg/>")
    assert not files(storage)
    assert not Picture.objects.exists()


def test_a_day_has_an_end(alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHATSITE_PICTURES_A_DAY = 1
    brought(alice)
    with pytest.raises(pictures.DayFull):
        brought(alice, png("blue"))
    assert brought(alice)  # the same one is no new one
    later = clock.now() + dt.timedelta(days=1, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert brought(alice, png("blue"))


def test_room_has_an_end(alice: User, settings: Any) -> None:
    settings.CHATSITE_PICTURE_ROOM = brought(alice).byte_count
    with pytest.raises(pictures.Full):
        brought(alice, png("blue"))
    assert brought(person(), png("blue"))


def test_a_full_disk_leaves_nothing(alice: User, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = storage.save, iter([False, True])

    def save(name: str, content: Any) -> str:
        if next(calls):
            raise OSError(28, "No space left on device")
        return real(name, content)

    monkeypatch.setattr(storage, "save", save)
    with pytest.raises(pictures.Unstored):
        brought(alice)
    assert not files(storage)
    assert not Picture.objects.exists()


def test_one_that_another_request_is_writing_has_to_be_waited_for(alice: User) -> None:
    picture = brought(alice)
    Picture.objects.filter(pk=picture.pk).update(state=PictureState.ARRIVING)
    with pytest.raises(pictures.Crowded):
        brought(alice)


def test_no_more_are_read_at_once_than_the_machine_bears(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_places", threading.BoundedSemaphore(1))
    with intake._turn(), pytest.raises(pictures.Crowded):
        brought(alice)
    assert brought(alice)
