"""Pictures and videos that GLM made: kept like those that people bring, and never refused for want of room.

A video is a picture that moves: its file is the video, `small` its cover.
"""

from __future__ import annotations

import secrets
from typing import IO

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from conversations import clock
from conversations.imaging import Prepared
from conversations.models import Picture, PictureState, User

from .errors import Crowded, Unstored
from .intake import digest_of, known, prepared, store
from .sweep import forget

VIDEO_SUFFIXES = {"video/mp4": "mp4", "video/webm": "webm"}


def keep_made(person: User, file: IO[bytes], name: str = "") -> Picture:
    """Keep a picture that was made for a person; the same file again is the same picture. Raises a PictureError."""
    digest = digest_of(file)
    return known(person, digest) or store(person, digest, prepared(file), name)


def keep_video(
    person: User, file: IO[bytes], media_type: str, cover: Prepared | None, sides: tuple[int, int]
) -> Picture:
    """The same for a video of one of `VIDEO_SUFFIXES`; `sides` are told where there is no cover. Nothing of the file is
    held in memory but a piece."""
    digest = digest_of(file)
    found = known(person, digest)
    if found is not None:
        return found
    picture = _arriving(person, digest, file, media_type, cover, sides)
    try:
        _write(picture, file, cover)
    except OSError as error:
        forget(picture)
        raise Unstored from error
    picture.move(PictureState.READY)
    return picture


def _arriving(
    person: User, digest: str, file: IO[bytes], media_type: str, cover: Prepared | None, sides: tuple[int, int]
) -> Picture:
    """The row before the files, so that the sweep knows of them whatever dies in between."""
    name, now = secrets.token_hex(16), clock.now()
    full, small = (cover.full, cover.small) if cover else (None, None)
    size = file.seek(0, 2)
    try:
        with transaction.atomic():
            return Picture.objects.create(
                owner=person,
                digest=digest,
                file=f"pictures/{name[:2]}/{name}.{VIDEO_SUFFIXES[media_type]}",
                small=f"pictures/{name[:2]}/{name}-cover.webp" if small else "",
                media_type=media_type,
                width=full.width if full else sides[0],
                height=full.height if full else sides[1],
                byte_count=size + (len(small.data) if small else 0),
                small_width=small.width if small else 0,
                small_height=small.height if small else 0,
                created_at=now,
                used_at=now,
            )
    except IntegrityError:  # the same file comes in twice at this moment: the other one is not there yet
        raise Crowded from None


def _write(picture: Picture, file: IO[bytes], cover: Prepared | None) -> None:
    file.seek(0)
    wanted = [(picture.file, File(file))]
    if cover is not None:
        wanted.append((picture.small, ContentFile(cover.small.data)))
    for name, content in wanted:
        if default_storage.save(name, content) != name:
            raise OSError(f"the storage has a file {name} already")
