"""Pictures that people bring: one row a picture and person, and where it is used."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .draft import NextMessage
from .lifecycle import Lifecycle, Transitions
from .message import Message, Visibility

if TYPE_CHECKING:
    from .user import User

ALT_LENGTH = 500


class PictureState(models.TextChoices):
    """*arriving*: its files are being written; *leaving*: they are being deleted, and nobody sees it any more."""

    ARRIVING = "arriving", _("arriving")
    READY = "ready", _("ready")
    LEAVING = "leaving", _("leaving")


READABLE = (Visibility.SHOWN, Visibility.BLOCKED)

P = PictureState
STATES: Transitions = {P.ARRIVING: frozenset({P.READY, P.LEAVING}), P.READY: frozenset({P.LEAVING})}


class PictureQuerySet(models.QuerySet["Picture"]):
    def of(self, person: User) -> PictureQuerySet:
        return self.filter(owner=person, state=P.READY)

    def in_sight(self) -> PictureQuerySet:
        """In a message that may be read, or in a box, or in nothing yet."""
        return self.filter(self._sight())

    def with_sight(self) -> PictureQuerySet:
        """The same as a value, `is_in_sight`."""
        return self.annotate(is_in_sight=models.ExpressionWrapper(self._sight(), models.BooleanField()))

    @staticmethod
    def _sight() -> models.Q:
        uses = PictureUse.objects.filter(picture=models.OuterRef("pk"))
        readable = {"message__visibility__in": READABLE, "message__conversation__deleted_at": None}
        trays = TrayPicture.objects.filter(picture=models.OuterRef("pk"))
        return models.Q(models.Exists(uses.filter(**readable)) | models.Exists(trays) | ~models.Exists(uses))

    def unused(self, since: dt.datetime) -> PictureQuerySet:
        """In no message and in nobody's box, nobody's face, not looked at as new since then, and in no case."""
        return self.filter(
            ~models.Exists(PictureUse.objects.filter(picture=models.OuterRef("pk"))),
            ~models.Exists(TrayPicture.objects.filter(picture=models.OuterRef("pk"))),
            ~models.Exists(PictureHold.objects.filter(picture=models.OuterRef("pk"))),
            characters=None,
            faces=None,
            state=P.READY,
            used_at__lt=since,
        )

    def unfinished(self, since: dt.datetime) -> PictureQuerySet:
        """What a process left behind that died between its row and its files."""
        rows = self.filter(models.Q(state=P.LEAVING) | models.Q(state=P.ARRIVING, used_at__lt=since))
        return rows.filter(~models.Exists(PictureHold.objects.filter(picture=models.OuterRef("pk"))))


class Picture(Lifecycle):
    """`digest` is of what was uploaded: the same file is one picture of its person. `file` and `small` are names in
    the storage, drawn at random before a byte is written, so that the row always knows what there may be to delete.
    A video that was made is a picture that moves: `file` is the video, `small` its cover, empty where there is none.
    `used_at`: when it was last brought or let go; the grace before its deletion counts from there."""

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": STATES}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pictures")
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=PictureState, default=PictureState.ARRIVING)
    file = models.CharField(max_length=100)
    small = models.CharField(max_length=100)
    media_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    byte_count = models.PositiveBigIntegerField()
    small_width = models.PositiveIntegerField()
    small_height = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField()

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        indexes = [
            models.Index(fields=["state", "used_at"], name="picture_sweep"),
            models.Index(fields=["owner", "-created_at"], name="picture_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "digest"],
                condition=models.Q(state__in=(P.ARRIVING, P.READY)),
                name="picture_once_a_person",
            )
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_video(self) -> bool:
        return self.media_type.startswith("video/")


class PictureUse(models.Model):
    """A picture in a message. Its place and its words stand in the message's parts; this row is what keeps it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="picture_uses")
    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="uses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "picture"], name="picture_once_a_message")]

    def __str__(self) -> str:
        return str(self.picture_id)


class TrayPicture(models.Model):
    """A picture that is to be sent: in the box of a conversation (which may not exist yet), or with the message that
    waits there."""

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tray_pictures")
    conversation_code = models.UUIDField()
    next_message = models.ForeignKey(NextMessage, on_delete=models.CASCADE, null=True, related_name="pictures")
    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="trays")
    position = models.PositiveIntegerField()
    alt = models.CharField(max_length=ALT_LENGTH, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "conversation_code", "picture"],
                condition=models.Q(next_message=None),
                name="picture_once_a_tray",
            )
        ]

    def __str__(self) -> str:
        return str(self.code)


class PictureHold(models.Model):
    """A case whose evidence a picture is; it stays until that is over, whoever deletes what showed it."""

    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="holds")
    case_code: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["picture", "case_code"], name="picture_one_hold_a_case")]

    def __str__(self) -> str:
        return str(self.case_code)
