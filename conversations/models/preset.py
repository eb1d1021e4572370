"""Presets: instructions that conversations begin with, a person's own and the organisation's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .shipped import Shipped
from .user import User


@dataclass(frozen=True, slots=True)
class Variable:
    """Something to be asked when a conversation begins: `{{name}}` in the instructions, and the words that ask."""

    name: str
    question: str


class PresetQuerySet(models.QuerySet["Preset"]):
    def here(self) -> PresetQuerySet:
        return self.filter(deleted_at=None)

    def own(self, person: User) -> PresetQuerySet:
        return self.here().filter(owner=person)

    def shared(self, language: str) -> PresetQuerySet:
        """The organisation's, of those that come in several languages the one."""
        return self.here().filter(owner=None, language__in=("", language))

    def offered(self, person: User, language: str) -> PresetQuerySet:
        return self.here().filter(models.Q(owner=person) | models.Q(owner=None, language__in=("", language)))


class Preset(Shipped):
    """Without an owner it is the organisation's. `language` is set for what is shipped in several. `starters` are
    first questions to choose from; they may hold variables too. An empty model, no parameters and
    no tools leave those of the page."""

    KEY: ClassVar[tuple[str, ...]] = ("key", "language")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    key = models.CharField(max_length=40, blank=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="presets")
    language = models.CharField(max_length=16, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    about = models.CharField(_("what it is for"), max_length=300, blank=True)
    system_prompt = models.TextField(_("instructions"))
    variables: models.JSONField[list[dict[str, str]], list[dict[str, str]]] = models.JSONField(default=list)
    starters: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    model_name = models.CharField(_("model"), max_length=100, blank=True)
    parameters: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    tools: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=1000)
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = PresetQuerySet.as_manager()

    class Meta:
        verbose_name = _("preset")
        verbose_name_plural = _("presets")
        constraints = [
            models.UniqueConstraint(
                fields=["key", "language"], condition=~models.Q(key=""), name="preset_one_a_key_and_language"
            )
        ]
        indexes = [
            models.Index(fields=["owner", "-changed_at"], name="preset_latest"),
            models.Index(fields=["owner", "position", "name"], name="preset_order"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def asked(self) -> tuple[Variable, ...]:
        return tuple(Variable(each["name"], each["question"]) for each in self.variables)

    @staticmethod
    def stored(variables: tuple[Variable, ...]) -> list[dict[str, str]]:
        return [asdict(each) for each in variables]
