"""Turns: the making of one reply, from the question to its last word."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations import trace
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


# Troubles that stand between a conversation and its next prompt, and that a verdict takes out of the way.
HISTORY = "history"
HISTORY_OVER = "history_over"
# A mistake of this site's own, which must not be said of GLM.
OUR_MISTAKE = "our_mistake"

T = TurnState
# A delegated turn too: the next prompt would go without a reply that is on its way, and the reply would come after it.
LIVE_STATES = (T.QUEUED, T.RUNNING, T.WAITING, T.DELEGATED)
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

    def running(self) -> TurnQuerySet:
        return self.filter(state=T.RUNNING)

    def overdue(self, now: dt.datetime) -> TurnQuerySet:
        """Waiting for their person, and not any longer."""
        return self.filter(state=T.WAITING, expires_at__lt=now)

    def silent(self, now: dt.datetime) -> TurnQuerySet:
        """Running, but nobody has renewed the lease."""
        return self.filter(state=T.RUNNING, lease_until__lt=now)


class Turn(Lifecycle):
    """`runner` names the process that runs the turn and `lease_until` how long it is believed to live.

    `open_parts` and `seq` are the last checkpoint of the open reply, written together; both are emptied when the
    reply is sealed. With `is_checked` nobody sees it before its end. `flagged_at` and `concerns` are written at the
    first sight of a flag, before anything is done about it: from then on nobody sees the open text, whatever becomes
    of the process. `client_key` comes from the form: one key is one turn, however often the form is sent.

    A delegated turn is answered by its `job`, which is its `runner`.

    With `needs_room` earlier turns are summarised before GLM is asked, and are being so while it runs.

    While it waits for its person `open_parts` are what there is of the reply, `concerns` what was flagged about it, and
    at `expires_at` it ends.

    `trace` is the number of the request that asked.
    """

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": STATES}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="turns")
    question = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="asked_turns")
    reply = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="turn")
    client_key = models.UUIDField(null=True)
    trace = models.CharField(max_length=trace.LENGTH, blank=True, default=trace.current)
    state = models.CharField(max_length=12, choices=TurnState, default=TurnState.QUEUED)
    model_name = models.CharField(max_length=100)
    upstream = models.CharField(max_length=200, blank=True)
    is_simulated = models.BooleanField(default=False)
    runner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    seq = models.PositiveBigIntegerField(default=0)
    open_parts = PartsField()
    stop_asked_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    finish = models.CharField(max_length=20, blank=True)
    trouble = models.CharField(max_length=20, blank=True)
    trouble_code = models.CharField(max_length=20, blank=True)
    resets_at = models.DateTimeField(null=True)
    reasoning_seconds = models.FloatField(null=True)
    is_checked = models.BooleanField(default=False)
    needs_room = models.BooleanField(default=False)
    flagged_at = models.DateTimeField(null=True)
    concerns: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        indexes = [
            models.Index(fields=["state", "lease_until"], name="turn_sweep"),
            models.Index(fields=["expires_at"], name="turn_waits", condition=models.Q(state=T.WAITING)),
        ]
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
