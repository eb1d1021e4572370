"""Exposures: who saw how much of a text that was flagged."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code


class SeenBy(models.TextChoices):
    SOCKET = "socket", _("open page")
    PAGE = "page", _("page loaded")
    UNKNOWN = "unknown", _("unknown")


class Exposure(models.Model):
    """`shown` is how many characters had been sent to a session; null when nobody knows, as after a killed process.
    `session` is the hash of the session's key. Names nothing that a purge could take."""

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    message_code = models.UUIDField(db_index=True)
    person_code = models.UUIDField(null=True)
    session = models.CharField(max_length=64, blank=True)
    how = models.CharField(max_length=10, choices=SeenBy)
    shown = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("exposure")
        verbose_name_plural = _("exposures")

    def __str__(self) -> str:
        return f"{self.message_code}: {self.shown}"
