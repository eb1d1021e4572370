"""What was asked of GLM, one row a request: written once at its start and once at its end."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .turn import Turn


class CallKind(models.TextChoices):
    CHAT = "chat", _("chat")
    TITLE = "title", _("title")
    SUMMARY = "summary", _("summary")
    IMAGE = "image", _("picture")
    VIDEO = "video", _("video")
    TOKENIZER = "tokenizer", _("count of tokens")
    SEARCH = "search", _("web search")
    READER = "reader", _("page read")
    KNOWLEDGE = "knowledge", _("knowledge lookup")


class UpstreamCall(models.Model):
    """No text, only facts. Null counts mean that GLM did not say, never nothing. `prompt_estimate`: the tokens that
    we took the prompt to have, before we knew."""

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    turn = models.ForeignKey(Turn, on_delete=models.SET_NULL, null=True, related_name="calls")
    turn_code = models.UUIDField(null=True, db_index=True)
    person_code = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=12, choices=CallKind)
    round = models.PositiveSmallIntegerField(default=1)
    attempt = models.PositiveSmallIntegerField(default=1)
    upstream = models.CharField(max_length=200)
    model_asked = models.CharField(max_length=100)
    model_answered = models.CharField(max_length=100, blank=True)
    parameters = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64)
    provider_id = models.CharField(max_length=128, blank=True)
    log_id = models.CharField(max_length=128, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    business_code = models.CharField(max_length=20, blank=True)
    finish = models.CharField(max_length=40, blank=True)
    content_filter = models.JSONField(default=list)
    error = models.TextField(blank=True)
    prompt_estimate = models.PositiveBigIntegerField(null=True)
    prompt_tokens = models.PositiveBigIntegerField(null=True)
    completion_tokens = models.PositiveBigIntegerField(null=True)
    reasoning_tokens = models.PositiveBigIntegerField(null=True)
    cached_tokens = models.PositiveBigIntegerField(null=True)
    started_at = models.DateTimeField()
    first_byte_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("upstream call")
        verbose_name_plural = _("upstream calls")
        indexes = [
            models.Index(fields=["started_at"], name="call_started"),
            models.Index(fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="call_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.request_id}"
