"""Summaries: what a model made of earlier turns, in their place in later prompts."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .conversation import Conversation
from .lifecycle import Lifecycle, Transitions
from .message import Message


class SummaryState(models.TextChoices):
    WANTED = "wanted", _("wanted")
    MAKING = "making", _("being made")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", _("stopped")


S = SummaryState
UNMADE = (S.WANTED, S.MAKING)
STATES: Transitions = {
    S.WANTED: frozenset({S.MAKING, S.FAILED, S.STOPPED}),
    S.MAKING: frozenset({S.DONE, S.FAILED, S.STOPPED, S.WANTED}),
    S.DONE: frozenset({S.WANTED}),
    S.FAILED: frozenset({S.WANTED}),
    S.STOPPED: frozenset({S.WANTED}),
}


class SummaryQuerySet(models.QuerySet["Summary"]):
    def unmade(self) -> SummaryQuerySet:
        return self.filter(state__in=UNMADE)

    def wanted(self) -> SummaryQuerySet:
        return self.filter(state=S.WANTED).order_by("pk")

    def silent(self, now: dt.datetime) -> SummaryQuerySet:
        """Being made, but by nobody who lives."""
        return self.filter(state=S.MAKING, lease_until__lt=now)


class Summary(Lifecycle):
    """Of all turns up to `message`, from where the context began then: `turn_count` of them.

    It is made of texts that may be withdrawn later: then its own text goes with them, and it is wanted anew. `maker`
    names the process that makes it, `lease_until` how long it is believed to. `turn_code` is the turn that could not
    do without. `trouble` says why it failed.
    """

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": STATES}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="summaries")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="summary")
    state = models.CharField(max_length=10, choices=SummaryState, default=SummaryState.WANTED)
    text = models.TextField(blank=True)
    token_count = models.PositiveIntegerField(null=True)
    turn_count = models.PositiveIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0)
    turn_code = models.UUIDField(null=True)
    model_name = models.CharField(max_length=100, blank=True)
    is_simulated = models.BooleanField(default=False)
    trouble = models.CharField(max_length=20, blank=True)
    maker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("summary")
        verbose_name_plural = _("summaries")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=models.Q(state__in=UNMADE),
                name="summary_one_in_the_making",
            )
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="summary_sweep")]

    def __str__(self) -> str:
        return str(self.code)
