"""Videos: a task that GLM works on for minutes, and two links at its end that nobody knows the life of."""

from __future__ import annotations

from typing import IO

import structlog
from django.utils.translation import gettext_lazy as _

from conversations import pictures
from conversations.glm import GlmError, making
from conversations.imaging import Prepared
from conversations.models import CallKind, Job, Picture
from conversations.pictures import PictureError

from .copying import WRONG_TYPE, copied, kept
from .kind import Stopped
from .made import Made

HEAD = 16  # bytes that tell what a file is
WIDESCREEN = 1920, 1080

logger = structlog.get_logger(__name__)


class Videos(Made):
    """Video and cover are copied at once, the cover if it can be had."""

    name = "video"
    label = _("video")
    usual_seconds = 200.0
    path = making.VIDEOS
    call_kind = CallKind.VIDEO
    part_kind = "video"

    def copied(self, job: Job, found: making.Made) -> Picture:
        with copied(job, found.url) as file:
            media_type = type_of(file)
            if not media_type:
                raise Stopped(WRONG_TYPE)
            cover = _cover(job, found.cover)
            return kept(job, lambda: pictures.keep_video(job.person, file, media_type, cover, _sides(job)))


def type_of(file: IO[bytes]) -> str:
    """What the first bytes say, whatever the server does; "" for no video that is kept."""
    file.seek(0)
    head = file.read(HEAD)
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return "video/webm" if head.startswith(b"\x1a\x45\xdf\xa3") else ""


def _cover(job: Job, url: str) -> Prepared | None:
    """A video without one is a video all the same."""
    if not url:
        return None
    try:
        with copied(job, url) as file:
            return pictures.prepared(file)
    except (Stopped, GlmError, PictureError) as error:
        logger.warning("a video has no cover", job=str(job.code), why=repr(error))
        return None


def _sides(job: Job) -> tuple[int, int]:
    """As they were ordered."""
    width, _x, height = str(job.input.get("parameters", {}).get("size", "")).partition("x")
    return (int(width), int(height)) if width.isdecimal() and height.isdecimal() else WIDESCREEN
