"""Tools of the organisation: requests to HTTP servers that the model may ask for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations import clock
from conversations.codes import new_code

from .encrypted import EncryptedJSON
from .policy import PolicyPart
from .shipped import Shipped
from .tool_rule import Approval


class HttpMethod(models.TextChoices):
    GET = "GET", "GET"
    POST = "POST", "POST"
    PUT = "PUT", "PUT"
    PATCH = "PATCH", "PATCH"
    DELETE = "DELETE", "DELETE"


class HttpTool(PolicyPart, Shipped):
    """One tool; what its fields mean is said by `conversations.http_tools`. `hosts` are words with a blank between
    them, `group_names` the groups that may use it, all when there are none. `secrets` are what its server is shown
    beside the arguments, and belong to these hosts; `secret_names` are what may be shown of them."""

    KEY: ClassVar[tuple[str, ...]] = ("name",)

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    name = models.CharField(
        _("name of the function"),
        max_length=64,
        unique=True,
        validators=[RegexValidator(r"\A[A-Za-z0-9_-]{1,64}\Z", _("Letters, digits, hyphens and underscores only."))],
        help_text=_("As the model calls it, such as get_weather: letters, digits, hyphens and underscores."),
    )
    label = models.CharField(_("name for people"), max_length=80)
    explains = models.CharField(
        _("what it does, for people"),
        max_length=300,
        blank=True,
        help_text=_("One sentence, and where what is typed goes to."),
    )
    description = models.TextField(
        _("description for the model"),
        max_length=2000,
        help_text=_("What the function does and when to call it, in a few sentences."),
    )
    parameters: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        _("arguments, as JSON Schema"), default=dict, blank=True
    )
    method = models.CharField(_("method"), max_length=6, choices=HttpMethod, default=HttpMethod.GET)
    url = models.CharField(_("address"), max_length=2000)
    body = models.TextField(_("body, as JSON"), max_length=20_000, blank=True)
    secrets = EncryptedJSON()
    secret_names = models.CharField(max_length=2500, blank=True, editable=False)
    hosts = models.CharField(_("allowed hosts"), max_length=1000, blank=True)
    seconds = models.PositiveSmallIntegerField(
        _("time limit, in seconds"), default=10, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    most_kilobytes = models.PositiveIntegerField(
        _("largest answer, in kilobytes"), default=1000, validators=[MinValueValidator(1), MaxValueValidator(5000)]
    )
    most_characters = models.PositiveIntegerField(
        _("characters of it that the model is told"),
        default=8000,
        validators=[MinValueValidator(100), MaxValueValidator(50_000)],
    )
    approval = models.CharField(_("asks before it runs"), max_length=10, choices=Approval, default=Approval.FIRST)
    group_names: models.JSONField[list[str], list[str]] = models.JSONField(
        _("who may use it"), default=list, blank=True
    )
    is_offered = models.BooleanField(_("may be used"), default=True)
    is_default = models.BooleanField(
        _("on in new conversations"),
        default=False,
        help_text=_(
            "For everybody who has not chosen. While a function is on, the web search of GLM itself stays off."
        ),
    )
    position = models.PositiveIntegerField(
        _("position"), default=1000, help_text=_("Smaller stands first in the list that people see.")
    )
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("HTTP tool")
        verbose_name_plural = _("HTTP tools")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.changed_at = clock.now()
        super().save(*args, **kwargs)
