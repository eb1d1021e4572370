"""GLM's models as this organisation knows and offers them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations import families
from conversations.families import Entry

from .policy import Policy, PolicyPart
from .shipped import Shipped


class ModelKind(models.TextChoices):
    CHAT = "chat", _("conversation")
    VISION = "vision", _("conversation with pictures")
    CODE = "code", _("code")
    CHARACTER = "character", _("role play")
    VOICE = "voice", _("spoken conversation")
    ASSISTANT = "assistant", _("assistant")
    IMAGE = "image", _("making pictures")
    VIDEO = "video", _("making videos")
    SPEECH = "speech", _("speech")
    EMBEDDING = "embedding", _("embedding")
    RERANK = "rerank", _("ranking")
    MODERATION = "moderation", _("moderation")
    READING = "reading", _("reading documents")


class ThinkingKind(models.TextChoices):
    NONE = "none", _("does not think")
    OPTIONAL = "optional", _("thinks, can be switched off")
    ALWAYS = "always", _("always thinks")


class ToolKind(models.TextChoices):
    NONE = "none", _("none")
    FUNCTION = "function", _("functions only")
    SEARCH = "search", _("web search only")
    ALL = "all", _("functions, web search and retrieval")


class MetaKind(models.TextChoices):
    NONE = "none", _("no")
    OPTIONAL = "optional", _("possible")
    REQUIRED = "required", _("required")


class ModelStatus(models.TextChoices):
    CURRENT = "current", pgettext_lazy("of a model", "current")
    RETIRING = "retiring", _("its end is announced")
    RETIRED = "retired", _("retired")


class CatalogueModel(PolicyPart, Shipped):
    """A model by its name; the facts are those of `families.Entry`. Null and "" mean that nobody knows, and the site
    then assumes as little as it can. `efforts`, `ways` and `hosts` are words with a blank between them."""

    KEY: ClassVar[tuple[str, ...]] = ("name",)
    WORDS: ClassVar[tuple[str, ...]] = ("efforts", "ways", "hosts")

    name = models.CharField(_("name"), max_length=100, unique=True)
    family = models.CharField(_("family"), max_length=40, default="own")
    kind = models.CharField(_("kind"), max_length=12, choices=ModelKind, default=ModelKind.CHAT)
    context_tokens = models.PositiveIntegerField(_("window, in tokens"), null=True, blank=True)
    output_tokens = models.PositiveIntegerField(_("longest reply, in tokens"), null=True, blank=True)
    image_count = models.PositiveSmallIntegerField(_("pictures in a message"), null=True, blank=True)
    takes_base64 = models.BooleanField(_("takes uploaded pictures"), default=False)
    takes_video = models.BooleanField(_("takes videos"), default=False)
    takes_files = models.BooleanField(_("takes files"), default=False)
    takes_audio = models.BooleanField(_("takes sound"), default=False)
    thinking = models.CharField(_("thinking"), max_length=10, choices=ThinkingKind, blank=True)
    efforts = models.CharField(_("efforts, the least first"), max_length=80, blank=True)
    keeps_reasoning = models.BooleanField(_("can keep its reasoning"), default=False)
    tools = models.CharField(_("tools"), max_length=10, choices=ToolKind, blank=True)
    streams_tools = models.BooleanField(_("streams tool calls"), default=False)
    writes_json = models.BooleanField(_("can be held to JSON"), default=False)
    counts_tokens = models.BooleanField(_("its tokens can be counted"), default=False)
    meta = models.CharField(_("plays a role by meta"), max_length=10, choices=MetaKind, default=MetaKind.NONE)
    ways = models.CharField(_("ways to fetch a reply"), max_length=40, default="stream whole")
    default_temperature = models.FloatField(_("temperature by default"), null=True, blank=True)
    default_top_p = models.FloatField(_("top_p by default"), null=True, blank=True)
    default_max_tokens = models.PositiveIntegerField(_("max_tokens by default"), null=True, blank=True)
    prices: models.JSONField[list[Any], list[Any]] = models.JSONField(_("prices"), default=list, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=ModelStatus, default=ModelStatus.CURRENT)
    retires_on = models.DateField(_("ends on"), null=True, blank=True)
    successor = models.CharField(_("successor"), max_length=100, blank=True)
    hosts = models.CharField(_("offered by"), max_length=200, blank=True)
    concurrency = models.PositiveSmallIntegerField(_("requests at once"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    doubts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    is_offered = models.BooleanField(_("offered"), default=True)
    is_default = models.BooleanField(_("default"), default=False)
    position = models.PositiveIntegerField(_("position"), default=100_000)

    class Meta:
        verbose_name = pgettext_lazy("of GLM", "model")
        verbose_name_plural = pgettext_lazy("of GLM", "models")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="catalogue_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def entry(self) -> Entry:
        """The facts as a value. Raises ValueError when the row holds what no model can have."""
        return families.entry_of({name: self._fact(name) for name in families.FIELDS})

    def _fact(self, name: str) -> Any:
        value = getattr(self, name)
        if name in self.WORDS:
            return value.split()
        return None if value == "" and name in ("thinking", "tools") else value

    @classmethod
    def ship_all(cls, version: int, facts: Iterable[Mapping[str, Any]]) -> None:
        """Make the rows of this version but for what was changed here, in few statements."""
        rows = {row.name: row for row in cls._default_manager.all()}
        given = list(facts)
        if all(each["name"] in rows and (rows[each["name"]].shipped_version or 0) >= version for each in given):
            return
        shipped: list[Any] = [cls._shipped(version, 10 * n, each, rows) for n, each in enumerate(given, start=1)]
        changed = [field.name for field in cls._meta.concrete_fields if not field.primary_key]
        with transaction.atomic():
            cls._default_manager.bulk_create([row for row in shipped if row.pk is None])
            cls._default_manager.bulk_update([row for row in shipped if row.pk is not None], changed)
            Policy.raise_version()

    @classmethod
    def _shipped(cls, version: int, position: int, facts: Mapping[str, Any], rows: Mapping[str, Self]) -> Self:
        row = rows.get(facts["name"])
        if row is None:
            row = cls(is_offered=False)
        elif row.shipped_version is None:  # the organisation described it first, and that stands
            row.overridden_fields = sorted(set(facts) | {"position", "is_offered"})
        wanted = {"is_offered": False, **facts, "position": position}
        for name, value in wanted.items():
            if name not in row.overridden_fields:
                setattr(row, name, " ".join(value) if name in cls.WORDS else value)
        row.shipped_version = version
        return row
