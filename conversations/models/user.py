"""People and what they may do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import connection, models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .prepared import cursor_of

RAISE_REVISION = "UPDATE conversations_user SET revision = revision + 1 WHERE id = %s RETURNING revision"


class SendKey(models.TextChoices):
    """What sends a message; the other one breaks the line."""

    ENTER = "enter", _("Enter")
    MODIFIER = "modifier", _("Ctrl or ⌘ and Enter")


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractUser):
    """A person. `revision` rises with everything that moves in their sidebar.

    `language`, `time_zone` and `default_model` are empty while the person has chosen none, and so are `tools`, those of
    new conversations. Until
    `slowed_until` the person asks at a slow pace: not before `next_question_at`.
    """

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    email = models.EmailField(_("email address"), blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    theme = models.CharField(_("appearance"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    send_key = models.CharField(_("sending"), max_length=10, choices=SendKey, default=SendKey.ENTER)
    default_model = models.CharField(_("model of new conversations"), max_length=100, blank=True)
    summary_every = models.PositiveSmallIntegerField(_("summary every so many turns"), default=0)
    tools: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, editable=False)
    wants_single_keys = models.BooleanField(_("shortcuts of one key"), default=True)
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    slowed_until = models.DateTimeField(null=True, blank=True, editable=False)
    next_question_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="user_name_any_case", violation_error_message=_("This name is taken.")
            )
        ]
        permissions = [("administer", "Can administer the site")]

    def next_revision(self) -> int:
        """Raise `revision` by one, inside the caller's transaction, and return it."""
        return User.raise_revision(self.pk)

    @staticmethod
    def raise_revision(pk: int) -> int:
        # One statement instead of two, and no building of queries: this stands before every first word.
        with cursor_of(connection) as cursor:
            cursor.execute(RAISE_REVISION, [pk])
            return int(cursor.fetchone()[0])

    @property
    def is_reviewer(self) -> bool:
        return self.has_perm("conversations.review")
