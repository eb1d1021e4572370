"""What the administrators decide about flags, in rows; every change raises one number that all processes watch."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .kept import kept
from .review import FlagSource
from .shipped import Shipped

ONLY = 1  # the key of the one row


class OnFlag(models.TextChoices):
    """What happens to a flagged text before anybody has looked, the strictest first."""

    WITHDRAW = "withdraw", _("withdraw: out of sight until a person releases it")
    MARK = "mark", _("mark: stays visible, with a notice")
    NOTE = "note", _("note: only written down")


class Delivery(models.TextChoices):
    LIVE = "live", _("live: shown while it is written")
    CHECKED = "checked", _("checked: shown when it has ended without a flag")


class Policy(Shipped):
    """One row. `version` rises with every change of it, of the flag rules and of the word lists."""

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    version = models.PositiveBigIntegerField(default=0, editable=False)
    solo = models.BooleanField(
        _("one-person site"),
        default=False,
        help_text=_("The only person who may review decides on their own cases too; the record says so."),
    )
    sample_percent = models.DecimalField(
        _("random sample, in percent of replies"),
        max_digits=5,
        decimal_places=2,
        default=0,
        help_text=_("So many of a hundred clean replies are put before a reviewer. 0 switches it off."),
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policy")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=ONLY), name="policy_one_row"),
            models.CheckConstraint(
                condition=models.Q(sample_percent__gte=0, sample_percent__lte=100), name="policy_sample_is_percent"
            ),
        ]

    def __str__(self) -> str:
        return str(_("policy"))

    @classmethod
    def current(cls) -> Policy:
        return next(iter(kept(_the_row)), None) or cls(pk=ONLY)

    @classmethod
    def raise_version(cls) -> None:
        cls.objects.filter(pk=ONLY).update(version=models.F("version") + 1)

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            kept = type(self).objects.select_for_update().filter(pk=ONLY).first()
            self.version = (kept.version if kept else 0) + 1
            super().save(*args, **kwargs)


class PolicyPart(models.Model):
    """A row that belongs to the policy: saving or deleting it raises the policy's version."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            Policy.raise_version()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            Policy.raise_version()
        return gone


def _the_row() -> models.QuerySet[Policy]:
    return Policy.objects.filter(pk=ONLY)


class FlagRule(PolicyPart, Shipped):
    """What a kind of flag does. An empty source, level or group means any; the rule that names most holds, and among
    equals the strictest."""

    KEY: ClassVar[tuple[str, ...]] = ("source", "level", "group_name")

    source = models.CharField(_("kind of flag"), max_length=20, choices=FlagSource, blank=True)
    level = models.CharField(
        _("level"), max_length=1, choices=[(str(n), str(n)) for n in range(4)], blank=True, help_text=_("0 is worst.")
    )
    group_name = models.CharField(_("group"), max_length=150, blank=True)
    on_flag = models.CharField(_("on flag"), max_length=10, choices=OnFlag, default=OnFlag.WITHDRAW)
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery, default=Delivery.LIVE)
    needs_second = models.BooleanField(_("a release needs a second person"), default=False)

    class Meta:
        verbose_name = _("flag rule")
        verbose_name_plural = _("flag rules")
        constraints = [
            models.UniqueConstraint(fields=["source", "level", "group_name"], name="flag_rule_one_of_its_kind")
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.source, self.level, self.group_name))) or "*"
