"""What GLM has counted of a conversation's context, when its person wanted to know."""

from __future__ import annotations

from django.db import models

from .conversation import Conversation


class ContextCount(models.Model):
    """The last count of a conversation. It holds for the context that `context` names and for `model_name`; with
    another of either nobody has counted. `token_count` is null while GLM is asked, and when nothing came of it:
    `trouble` says why."""

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="context_count")
    context = models.CharField(max_length=80)
    model_name = models.CharField(max_length=100)
    token_count = models.PositiveBigIntegerField(null=True)
    trouble = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.conversation_id)
