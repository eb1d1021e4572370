"""Calls of function tools: what a model asked for in a round, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .lifecycle import Lifecycle, Transitions
from .tool_rule import Approval
from .turn import Turn


class ToolCallState(models.TextChoices):
    REQUESTED = "requested", _("requested")
    AWAITING = "awaiting", _("awaiting approval")
    APPROVED = "approved", _("approved")
    DENIED = "denied", _("denied")
    EXPIRED = "expired", _("expired")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


S = ToolCallState
OPEN_CALLS = (S.REQUESTED, S.AWAITING, S.APPROVED, S.RUNNING)
STATES: Transitions = {
    S.REQUESTED: frozenset({S.AWAITING, S.RUNNING, S.FAILED, S.CANCELLED}),
    S.AWAITING: frozenset({S.APPROVED, S.DENIED, S.EXPIRED, S.CANCELLED}),
    S.APPROVED: frozenset({S.RUNNING, S.CANCELLED}),
    S.RUNNING: frozenset({S.SUCCEEDED, S.FAILED, S.CANCELLED}),
}


class ToolCall(Lifecycle):
    """No text, only facts: arguments and results stand in the parts of the reply, and go where those go.

    GLM's ids are of many forms and may repeat, so a call is known by its turn, `round` (from 1) and `index` (from 0);
    `call_id` is what GLM is told. `approval` is the rule that held. `trouble` says why it failed. `result_length`
    counts the characters that the model was told.
    """

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": STATES}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="tool_calls")
    round = models.PositiveSmallIntegerField()
    index = models.PositiveSmallIntegerField()
    call_id = models.CharField(max_length=256, blank=True)
    name = models.CharField(max_length=64)
    approval = models.CharField(max_length=10, choices=Approval, default=Approval.NEVER)
    state = models.CharField(max_length=10, choices=ToolCallState, default=ToolCallState.REQUESTED)
    trouble = models.CharField(max_length=20, blank=True)
    result_length = models.PositiveIntegerField(null=True)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("tool call")
        verbose_name_plural = _("tool calls")
        constraints = [
            models.UniqueConstraint(fields=["turn", "round", "index"], name="tool_call_one_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.round}.{self.index}"
