"""Conversations, messages, turns, calls and the audit record, without a word of what was written."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.models import AuditEntry, Conversation, Message, Turn, UpstreamCall

from .readonly import Record


@admin.register(Conversation)
class ConversationRecord(Record):
    fields = ("code", "owner", "model_name", "revision", "created_at", "active_at", "deleted_at")
    readonly_fields = fields
    list_display = ("code", "owner", "message_count", "active_at", "deleted_at")
    list_select_related = ("owner",)
    search_fields = ("=code", "=owner__username")
    ordering = ("-active_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        rows: QuerySet[Conversation] = super().get_queryset(request)
        return rows.annotate(messages_count=Count("messages"))

    @admin.display(description=_("messages"))
    def message_count(self, conversation: Conversation) -> int:
        return int(conversation.messages_count)  # type: ignore[attr-defined]


@admin.register(Message)
class MessageRecord(Record):
    fields = ("code", "conversation", "role", "state", "visibility", "depth", "continues", "created_at", "sealed_at")
    readonly_fields = fields
    list_display = ("code", "conversation", "role", "state", "visibility", "created_at")
    list_filter = ("visibility", "role", "state")
    list_select_related = ("conversation",)
    search_fields = ("=code", "=conversation__code")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("parts", "html")


@admin.register(Turn)
class TurnRecord(Record):
    fields = (
        *("code", "conversation", "person", "state", "model_name", "upstream", "is_simulated", "runner"),
        *("finish", "trouble", "trouble_code", "resets_at", "reasoning_seconds"),
        *("queued_at", "started_at", "stop_asked_at", "ended_at"),
    )
    readonly_fields = fields
    list_display = ("code", "person", "state", "model_name", "finish", "trouble", "trouble_code", "queued_at")
    list_filter = ("state", "trouble", "model_name")
    list_select_related = ("person",)
    search_fields = ("=code", "=conversation__code", "=person__username")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Turn]:
        return super().get_queryset(request).defer("open_parts")


@admin.register(UpstreamCall)
class CallRecord(Record):
    fields = (
        *("code", "turn_code", "person_code", "kind", "round", "attempt", "upstream", "model_asked", "model_answered"),
        *("request_id", "provider_id", "log_id", "http_status", "business_code", "finish", "content_filter"),
        *("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens"),
        *("started_at", "first_byte_at", "ended_at"),
    )
    readonly_fields = fields
    list_display = ("request_id", "model_asked", "http_status", "business_code", "finish", "attempt", "started_at")
    list_filter = ("http_status", "business_code", "finish", "model_asked")
    search_fields = ("=request_id", "=log_id", "=turn_code", "=code")
    ordering = ("-pk",)


@admin.register(AuditEntry)
class AuditRecord(Record):
    list_display = ("at", "actor", "action", "object_code", "reason")
    list_filter = ("action",)
    search_fields = ("=object_code", "=actor_code")
    ordering = ("-pk",)

    @admin.display(description=_("person"))
    def actor(self, entry: AuditEntry) -> str:
        return str(entry.actor_code)
