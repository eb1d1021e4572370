"""Taking a picture in: bounds, reading, writing, and the row that says what there is.

The row comes before the files and names them: whatever dies in between, the sweep knows what to delete.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Sum

from conversations import clock
from conversations.imaging import Bounds, Encoded, Prepared, prepare
from conversations.models import Picture, PictureState, User

from .errors import Crowded, DayFull, Full, TooLarge, Unstored, told
from .sweep import forget

DAY = dt.timedelta(days=1)
BLOCK = 1 << 20  # bytes
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}

# Two are read at a time; two more may wait. Pages need the other threads.
_places = threading.BoundedSemaphore(4)


def keep(person: User, file: IO[bytes], size: int, name: str = "") -> Picture:
    """Take a picture of `size` bytes in, as its person's own; the same file again is the same picture.

    Raises a PictureError; then nothing of it is left.
    """
    if size > settings.CHATSITE_PICTURE_BYTES:
        raise TooLarge
    digest = digest_of(file)
    there = known(person, digest)
    if there is not None:
        return there
    _check_room(person)
    return store(person, digest, prepared(file), name)


def bounds() -> Bounds:
    return Bounds(pixels=settings.CHATSITE_PICTURE_PIXELS, side=settings.CHATSITE_PICTURE_SIDE)


def digest_of(file: IO[bytes]) -> str:
    """What names the bytes of a file, read in pieces."""
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def known(person: User, digest: str) -> Picture | None:
    """The same picture, kept from the sweep as if it had come now."""
    rows = Picture.objects.of(person).filter(digest=digest)
    return rows.first() if rows.update(used_at=clock.now()) else None


def _check_room(person: User) -> None:
    mine = Picture.objects.filter(owner=person)
    if mine.filter(created_at__gt=clock.now() - DAY).count() >= settings.CHATSITE_PICTURES_A_DAY:
        raise DayFull
    used = mine.exclude(state=PictureState.LEAVING).aggregate(Sum("byte_count"))["byte_count__sum"]
    if (used or 0) >= settings.CHATSITE_PICTURE_ROOM:
        raise Full


def prepared(file: IO[bytes]) -> Prepared:
    """The picture in a file. Raises Unreadable; Crowded while too many are being read; Unread, Unstored."""
    with _turn(), told():
        return prepare(file, bounds())


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Crowded
    try:
        yield
    finally:
        _places.release()


def store(person: User, digest: str, prepared: Prepared, name: str) -> Picture:
    """Keep what was read, as its person's own. Raises Unstored, Crowded."""
    picture = _arriving(person, digest, prepared, name)
    try:
        _write(picture.file, prepared.full)
        _write(picture.small, prepared.small)
    except OSError as error:
        forget(picture)
        raise Unstored from error
    picture.move(PictureState.READY)
    return picture


def _arriving(person: User, digest: str, prepared: Prepared, name: str) -> Picture:
    full, small, now = prepared.full, prepared.small, clock.now()
    try:
        with transaction.atomic():
            return Picture.objects.create(
                owner=person,
                digest=digest,
                file=_random_name(full),
                small=_random_name(small),
                media_type=full.media_type,
                width=full.width,
                height=full.height,
                byte_count=len(full.data) + len(small.data),
                small_width=small.width,
                small_height=small.height,
                name=name[:200],
                created_at=now,
                used_at=now,
            )
    except IntegrityError:  # the same file comes in twice at this moment: the other one is not there yet
        raise Crowded from None


def _random_name(encoded: Encoded) -> str:
    name = secrets.token_hex(16)
    return f"pictures/{name[:2]}/{name}.{SUFFIXES[encoded.media_type]}"


def _write(name: str, encoded: Encoded) -> None:
    if default_storage.save(name, ContentFile(encoded.data)) != name:
        raise OSError(f"the storage has a file {name} already")
