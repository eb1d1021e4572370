"""What the organisation decides about function tools."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .policy import PolicyPart
from .shipped import Shipped


class Approval(models.TextChoices):
    """When a person is asked before a tool runs, the most often last."""

    NEVER = "never", _("never")
    FIRST = "first", _("the first time in a conversation")
    ALWAYS = "always", _("every time")


class ToolRule(PolicyPart, Shipped):
    """One tool of the site, by its name. An empty `approval` leaves the tool's own; whatever stands here, a person may
    want to be asked more often, never less."""

    KEY: ClassVar[tuple[str, ...]] = ("name",)

    name = models.CharField(_("tool"), max_length=64, unique=True)
    is_offered = models.BooleanField(_("may be used"), default=True)
    is_default = models.BooleanField(
        _("on in new conversations"),
        default=False,
        help_text=_(
            "For everybody who has not chosen. While a function is on, the web search of GLM itself stays off."
        ),
    )
    group_name = models.CharField(_("group"), max_length=150, blank=True, help_text=_("Only for them; empty for all."))
    approval = models.CharField(_("asks before it runs"), max_length=10, choices=Approval, blank=True)

    class Meta:
        verbose_name = _("tool")
        verbose_name_plural = _("tools")

    def __str__(self) -> str:
        return self.name
