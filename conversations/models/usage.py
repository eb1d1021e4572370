"""What was used, by day: sums over calls, kept so that nobody has to read a million of them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .upstream_call import CallKind

ONLY = 1  # the key of the one row
EVERYBODY = uuid.UUID(int=0)  # whose rows are the sums over all people


class UsageDay(models.Model):
    """The calls that one person began on one day, of one kind, at one upstream, with one model.

    Days are those of the organisation's zone. Only calls that have ended count. Each sum holds what GLM told; the
    count of those calls of which it told nothing stands beside it, because unknown is not zero. The same over all
    people has rows of its own, under EVERYBODY.
    """

    KEY: ClassVar[tuple[str, ...]] = ("day", "person_code", "upstream", "model_name", "kind")
    SUMS: ClassVar[tuple[str, ...]] = (
        *("call_count", "failed_count"),
        *("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens"),
        *("prompt_unknown", "completion_unknown", "reasoning_unknown", "cached_unknown"),
    )

    day = models.DateField()
    person_code = models.UUIDField()
    upstream = models.CharField(max_length=200)
    model_name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=CallKind)
    call_count = models.PositiveBigIntegerField(default=0)
    failed_count = models.PositiveBigIntegerField(default=0)
    prompt_tokens = models.PositiveBigIntegerField(default=0)
    completion_tokens = models.PositiveBigIntegerField(default=0)
    reasoning_tokens = models.PositiveBigIntegerField(default=0)
    cached_tokens = models.PositiveBigIntegerField(default=0)
    prompt_unknown = models.PositiveBigIntegerField(default=0)
    completion_unknown = models.PositiveBigIntegerField(default=0)
    reasoning_unknown = models.PositiveBigIntegerField(default=0)
    cached_unknown = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("usage of a day")
        verbose_name_plural = _("usage by day")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "person_code", "upstream", "model_name", "kind"], name="usage_day_once"
            )
        ]
        # People are ranked in the index alone, however many rows a day has.
        indexes = [
            models.Index(fields=["person_code", "day", "prompt_tokens", "completion_tokens"], name="usage_of_people")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.model_name}"


class UsageHead(models.Model):
    """One row: calls that had ended before `counted_at` are in the sums, by days of `time_zone`."""

    time_zone = models.CharField(max_length=64, blank=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=ONLY), name="usage_head_one_row")]

    def __str__(self) -> str:
        return str(self.counted_at)
