"""Turns: the making of one reply, from the question to its last word."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .conversation import Conversation
from .lifecycle import Lifecycle, Transitions
from .message import Message
from .parts import PartsField


class TurnState(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    WAITING = "waiting", _("waiting")
    DELEGATED = "delegated", _("delegated")
    COMPLETED = "completed", _("completed")
    FILTERED = "filtered", _("filtered")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", _("stopped")
    INTERRUPTED = "interrupted", _("interrupted")


T = TurnState
LIVE_STATES = (T.QUEUED, T.RUNNING, T.WAITING)
STATES: Transitions = {
    T.QUEUED: frozenset({T.RUNNING, T.DELEGATED, T.FAILED, T.STOPPED}),
    T.RUNNING: frozenset({T.WAITING, T.COMPLETED, T.FILTERED, T.FAILED, T.STOPPED, T.INTERRUPTED}),
    T.WAITING: frozenset({T.QUEUED, T.STOPPED, T.FAILED}),
    T.DELEGATED: frozenset({T.COMPLETED, T.FILTERED, T.FAILED, T.STOPPED}),
}


class TurnQuerySet(models.QuerySet["Turn"]):
    def live(self) -> TurnQuerySet:
        return self.filter(state__in=LIVE_STATES)

    def queued(self) -> TurnQuerySet:
        return self.filter(state=T.QUEUED).order_by("pk")

    def silent(self, now: dt.datetime) -> TurnQuerySet:
        """Running, but nobody has renewed the lease."""
        return self.filter(state=T.RUNNING, lease_until__lt=now)


class Turn(Lifecycle):
    """`runner` names the process that runs the turn and `lease_until` how long it is believed to live.

    `open_parts` and `seq` are the last checkpoint of the open reply, written together; both are emptied when the
    reply is sealed. `client_key` comes from the form: one key is one turn, however often the form is sent.
    """

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": STATES}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="turns")
    question = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="asked_turns")
    reply = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="turn")
    client_key = models.UUIDField(null=True)
    state = models.CharField(max_length=12, choices=TurnState, default=TurnState.QUEUED)
    model_name = models.CharField(max_length=100)
    upstream = models.CharField(max_length=200, blank=True)
    is_simulated = models.BooleanField(default=False)
    runner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    seq = models.PositiveBigIntegerField(default=0)
    open_parts = PartsField()
    stop_asked_at = models.DateTimeField(null=True)
    finish = models.CharField(max_length=20, blank=True)
    trouble = models.CharField(max_length=20, blank=True)
    trouble_code = models.CharField(max_length=20, blank=True)
    resets_at = models.DateTimeField(null=True)
    reasoning_seconds = models.FloatField(null=True)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        indexes = [models.Index(fields=["state", "lease_until"], name="turn_sweep")]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=models.Q(state__in=LIVE_STATES),
                name="turn_one_live_a_conversation",
            ),
            models.UniqueConstraint(
                fields=["person", "client_key"],
                condition=models.Q(client_key__isnull=False),
                name="turn_one_per_client_key",
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES
