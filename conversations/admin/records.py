"""Conversations, messages, turns, calls and the audit record, without a word of what was written."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations import retention
from conversations.models import AuditEntry, Conversation, Fault, Message, Turn, UpstreamCall, User
from conversations.usage import FAILED

from .content import Content
from .names import action_in_words
from .readonly import Record


@admin.register(Conversation)
class ConversationRecord(Content):
    about = "conversation"
    fields = ("code", "owner", "model_name", "revision", "created_at", "active_at", "deleted_at", "purged_at", "doors")
    readonly_fields = fields
    list_display = ("code", "owner", "message_count", "active_at", "deleted_at")
    list_select_related = ("owner",)
    search_fields = ("=code", "=owner__username")
    ordering = ("-active_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        rows: QuerySet[Conversation] = super().get_queryset(request)
        counted = Message.objects.filter(conversation=OuterRef("pk")).order_by().values("conversation")
        count = Subquery(counted.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
        return rows.annotate(messages_count=count)

    def messages_of(self, obj: Conversation) -> Sequence[Message]:
        """What is shown of it, from its beginning."""
        found = Message.objects.in_bulk([node.id for node in obj.tree().path])
        return [found[node.id] for node in obj.tree().path]

    def delete_for_good(self, obj: Conversation, actor: User, reason: str) -> bool:
        return retention.delete_conversation(obj.code, actor, reason)

    @admin.display(description=_("messages"))
    def message_count(self, conversation: Conversation) -> int:
        return int(conversation.messages_count or 0)  # type: ignore[attr-defined]


@admin.register(Message)
class MessageRecord(Content):
    about = "message"
    fields = (
        *("code", "conversation", "role", "state", "visibility", "depth", "continues", "created_at", "sealed_at"),
        *("released_at", "purged_at", "doors"),
    )
    readonly_fields = fields
    list_display = ("code", "conversation", "role", "state", "visibility", "created_at")
    list_filter = ("visibility", "role", "state")
    list_select_related = ("conversation",)
    search_fields = ("=code", "=conversation__code")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).defer("parts", "html")

    def messages_of(self, obj: Message) -> Sequence[Message]:
        return [obj]

    def delete_for_good(self, obj: Message, actor: User, reason: str) -> bool:
        return retention.delete_message(obj.code, actor, reason)


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


class OutcomeFilter(admin.SimpleListFilter):
    """Calls that went wrong, and those that went well."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("failed", _("failed")), ("answered", _("answered")), ("running", _("running"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[UpstreamCall]) -> QuerySet[UpstreamCall]:
        ended = rows.filter(ended_at__isnull=False)
        chosen = {
            "failed": ended.filter(FAILED),
            "answered": ended.exclude(FAILED),
            "running": rows.filter(ended_at=None),
        }
        return chosen.get(self.value() or "", rows)


@admin.register(Fault)
class FaultRecord(Record):
    """What was wrong with the account at GLM, and what still is."""

    fields = (
        *("code", "upstream", "model_name", "kind", "business_code", "is_alarming", "answer_count"),
        *("request_id", "log_id", "began_at", "closed_until", "resets_at", "ended_at"),
    )
    readonly_fields = fields
    list_display = ("business_code", "kind", "model_name", "upstream", "answer_count", "began_at", "ended_at")
    list_filter = ("kind", "business_code", ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("=request_id", "=log_id", "=code")
    ordering = ("-pk",)


@admin.register(UpstreamCall)
class CallRecord(Record):
    fields = (
        *("code", "turn_code", "person_code", "kind", "round", "attempt", "upstream", "model_asked", "model_answered"),
        *("request_id", "provider_id", "log_id", "http_status", "business_code", "finish", "content_filter"),
        *("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens"),
        *("started_at", "first_byte_at", "ended_at"),
    )
    readonly_fields = fields
    list_display = (
        *("request_id", "log_id", "kind", "model_asked", "http_status", "business_code", "finish", "attempt"),
        "started_at",
    )
    list_filter = (OutcomeFilter, "started_at", "business_code", "http_status", "kind", "model_asked", "upstream")
    search_fields = ("=request_id", "=log_id", "=turn_code", "=person_code", "=code")
    ordering = ("-pk",)


class ActionFilter(admin.SimpleListFilter):
    """What was done, in words."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        done = AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct()
        return [(action, action_in_words(action, _nouns())) for action in done]

    def queryset(self, request: HttpRequest, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return rows.filter(action=self.value()) if self.value() else rows


@admin.register(AuditEntry)
class AuditRecord(Record):
    fields = ("at", "actor", "actor_code", "in_words", "action", "object_code", "reason", "before", "after")
    readonly_fields = fields
    list_display = ("at", "actor", "in_words", "object_code", "reason")
    list_filter = (ActionFilter,)
    search_fields = ("=object_code", "=actor_code")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """With who it was, by the name of today."""
        names = User.objects.filter(code=OuterRef("actor_code")).values("username")[:1]
        rows: QuerySet[AuditEntry] = super().get_queryset(request).annotate(actor_name=Subquery(names))
        return rows

    @admin.display(description=_("person"), ordering="actor_name")
    def actor(self, entry: AuditEntry) -> str:
        return entry.actor_name or str(entry.actor_code)  # type: ignore[attr-defined]

    @admin.display(description=_("what was done"), ordering="action")
    def in_words(self, entry: AuditEntry) -> str:
        return action_in_words(entry.action, _nouns())


def _nouns() -> dict[str, object]:
    """The records of the admin, by the names that their changes have."""
    return {each._meta.model_name or "": each._meta.verbose_name for each in admin.site._registry}
