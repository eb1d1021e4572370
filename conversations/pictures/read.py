"""Pictures for pages and prompts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.core.files.storage import default_storage

from conversations import imaging
from conversations.imaging import Encoded
from conversations.models import Picture, PictureState, User

from .errors import Unreadable, told


def may_be_seen(person: User, code: uuid.UUID) -> Picture | None:
    """The picture, if it is the person's and not withheld with every message that has it."""
    return Picture.objects.of(person).in_sight().filter(code=code).first()


def out_of_focus(picture: Picture) -> Encoded | None:
    """The picture so that nobody can tell what it shows; None when its file is gone, or it has no cover.

    Raises Unread.
    """
    if not picture.small:
        return None
    try:
        with default_storage.open(picture.small) as file, told():
            return imaging.out_of_focus(file)
    except (FileNotFoundError, Unreadable):
        return None


def data_of(owner_code: uuid.UUID, codes: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, bytes]]:
    """Media type and bytes by code; what is gone, or somebody else's, is missing. Reads files: never on the loop."""
    rows = Picture.objects.filter(owner__code=owner_code, code__in=set(codes), state=PictureState.READY)
    found = {}
    for picture in rows:
        try:
            with default_storage.open(picture.file) as file:
                found[picture.code] = picture.media_type, file.read()
        except FileNotFoundError:
            continue
    return found
