"""Characters that a model plays: a person's own, and the organisation's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.characters import Cast
from conversations.codes import new_code

from .picture import Picture
from .user import User


class CharacterQuerySet(models.QuerySet["Character"]):
    def here(self) -> CharacterQuerySet:
        """Those that were saved and not deleted."""
        return self.filter(deleted_at=None, is_draft=False)

    def of(self, person: User) -> CharacterQuerySet:
        """Those that a person may choose: their own and the organisation's."""
        return self.here().filter(models.Q(owner=person) | models.Q(owner=None))

    def forgotten(self, since: dt.datetime) -> CharacterQuerySet:
        """Cards that somebody looked at and did not save since then."""
        return self.filter(is_draft=True, changed_at__lt=since)


class Character(models.Model):
    """Without an owner it is the organisation's. `name` is what GLM calls `bot_name`; an empty `user_name` is whoever
    talks with it. Texts may hold `{{char}}` and `{{user}}`. `tags` stand one a line, with line breaks around each.
    An empty model and no parameters leave those of the page.

    `is_draft`: read from a card and not saved yet, so nobody but `made_by` sees it. `kept` is what the card says
    besides, as it came: `{"v": 1, "version": …, "fields": …}`.
    """

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="characters")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    about = models.CharField(_("in one line"), max_length=300, blank=True)
    bot_info = models.TextField(_("who the character is"))
    user_name = models.CharField(_("name of the person"), max_length=120, blank=True)
    user_info = models.TextField(_("who the person is"), blank=True)
    greeting = models.TextField(_("first words"), blank=True)
    dialogue = models.TextField(_("example of how they talk"), blank=True)
    tags = models.TextField(_("tags"), blank=True)
    face = models.ForeignKey(Picture, on_delete=models.SET_NULL, null=True, related_name="characters")
    model_name = models.CharField(_("model"), max_length=100, blank=True)
    parameters: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    kept: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    is_draft = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = CharacterQuerySet.as_manager()

    class Meta:
        verbose_name = _("character")
        verbose_name_plural = _("characters")
        indexes = [
            models.Index(fields=["owner", "name"], name="character_order"),
            models.Index(fields=["changed_at"], name="character_draft", condition=models.Q(is_draft=True)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tag_list(self) -> list[str]:
        return self.tags.split("\n")[1:-1]

    @staticmethod
    def stored_tags(words: list[str]) -> str:
        return "\n".join(["", *words, ""]) if words else ""

    def cast(self, person_name: str) -> Cast:
        """The parts in a conversation with somebody of that name."""
        parts = Cast(
            bot_name=self.name,
            bot_info=self.bot_info,
            user_name=self.user_name or person_name,
            user_info=self.user_info,
            greeting=self.greeting,
            dialogue=self.dialogue,
        )
        return parts.filled(self.code)
