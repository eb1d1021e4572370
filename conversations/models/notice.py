"""Notices: the only way to tell a person something later."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .conversation import Conversation


class NoticeKind(models.TextChoices):
    ROLE_CHANGED = "role_changed", _("role changed")
    INVITATION_ACCEPTED = "invitation_accepted", _("invitation accepted")
    PASSWORD_RESET = "password_reset", _("password reset")
    NOT_SENT = "not_sent", _("message not sent")
    RELEASED = "released", _("released after review")
    UPHELD = "upheld", _("not released after review")
    SLOWED = "slowed", _("slowed down")
    MESSAGE_DELETED = "message_deleted", _("message deleted by an administrator")
    CONVERSATION_DELETED = "conversation_deleted", _("conversation deleted by an administrator")
    FAULT = "fault", _("the GLM account has a fault")
    JOB_ENDED = "job_ended", _("a job has ended")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)

    def newest(self) -> NoticeQuerySet:
        return self.order_by("-pk")

    def mark_read(self, revision: int, at: dt.datetime) -> int:
        """Count those that are still unread as read; the caller has raised the person's revision."""
        return self.unread().update(read_at=at, revision=revision)


class Notice(models.Model):
    """What happened, as facts: the sentence is made when it is shown, in the reader's language.

    `revision` is the person's at the last change of this notice. `about` is the conversation that it names, where
    whoever read it has looked that up: a name is no fact to keep, it may hold what is withdrawn later.
    """

    about: Conversation | None = None

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40, choices=NoticeKind)
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    revision = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["person", "revision"], name="notice_catch_up"),
            models.Index(fields=["person", "-id"], name="notice_list"),
        ]

    def __str__(self) -> str:
        return str(self.code)
