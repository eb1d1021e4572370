"""Deleting pictures that nothing uses any more: row marked, files deleted, row deleted, each step safe to repeat."""

from __future__ import annotations

import datetime as dt
import uuid
from contextlib import suppress

import structlog
from django.conf import settings
from django.core.files.storage import default_storage

from conversations import clock, sweeping
from conversations.models import Message, Picture, PictureHold, PictureState, PictureUse

AT_ONCE = 1000  # an hour's worth
ARRIVED_WITHIN = dt.timedelta(hours=1)

logger = structlog.get_logger(__name__)


def hold(message: Message, case_code: uuid.UUID) -> None:
    """Keep the pictures that a case is about, those of a message and of the question before it, whoever deletes what
    shows them."""
    keys = PictureUse.objects.filter(message__in=filter(None, (message.pk, message.parent_id)))
    holds = [PictureHold(picture_id=key, case_code=case_code) for key in keys.values_list("picture_id", flat=True)]
    PictureHold.objects.bulk_create(holds, ignore_conflicts=True)


def sweep() -> int:
    """Delete what has been unused for its time of grace, and what broken starts left behind; how many there were."""
    now = clock.now()
    unused = Picture.objects.unused(now - dt.timedelta(seconds=settings.CHATSITE_PICTURE_GRACE))
    unfinished = Picture.objects.unfinished(now - ARRIVED_WITHIN)
    return sum(sweeping.count(forget, rows.order_by("used_at")[:AT_ONCE]) for rows in (unused, unfinished))


def forget(picture: Picture) -> bool:
    """Delete a picture and its files; False when somebody else does, or it is in use again. While a case needs it, it
    is only out of sight, and so while the storage does not answer: the next sweep tries again."""
    if picture.state != PictureState.LEAVING and not _leave(picture):
        return False
    if picture.holds.exists():
        return True
    try:
        for name in filter(None, (picture.file, picture.small)):
            with suppress(FileNotFoundError):
                default_storage.delete(name)
    except OSError as error:
        logger.warning("files of a picture are left to the next sweep", picture=str(picture.code), error=str(error))
        return True
    Picture.objects.filter(pk=picture.pk, state=PictureState.LEAVING).delete()
    return True


def _leave(picture: Picture) -> bool:
    # Seen as unused a moment ago: whoever has begun to use it since has written the row.
    rows = Picture.objects.filter(pk=picture.pk, state=picture.state, used_at=picture.used_at)
    return bool(rows.update(state=PictureState.LEAVING))
