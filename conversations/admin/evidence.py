"""The record itself: flags, events, who saw what, and the chain of the evidence. Nothing of it can be changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import evidence
from conversations.models import AuditEntry, EvidenceEntry, Exposure, Flag, ReviewEvent

from .readonly import Record

HOW = {
    "altered": gettext_lazy("altered"),
    "cut": gettext_lazy("cut"),
    "reordered": gettext_lazy("reordered"),
    "unreadable": gettext_lazy("unreadable"),
}


@admin.register(Flag)
class FlagRecord(Record):
    """Where and by what, never the words of whoever reported."""

    fields = (
        *("case", "message_code", "source", "role", "level", "on_flag", "detail"),
        *("call_code", "raised_by", "raised_at"),
    )
    readonly_fields = fields
    list_display = ("raised_at", "source", "role", "level", "on_flag", "message_code")
    list_filter = ("source", "level", "on_flag")
    search_fields = ("=message_code", "=call_code", "=raised_by")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flag]:
        return super().get_queryset(request).select_related("case").defer("words")


@admin.register(ReviewEvent)
class EventRecord(Record):
    fields = ("case", "at", "actor_code", "act", "before", "after", "reason_code", "reason")
    readonly_fields = fields
    list_display = ("at", "act", "actor_code", "before", "after", "reason_code", "case")
    list_select_related = ("case",)
    list_filter = ("act",)
    search_fields = ("=case__code", "=actor_code")
    ordering = ("-pk",)


@admin.register(Exposure)
class ExposureRecord(Record):
    fields = ("code", "message_code", "person_code", "session", "how", "shown", "at")
    readonly_fields = fields
    list_display = ("at", "message_code", "person_code", "how", "shown")
    list_filter = ("how",)
    search_fields = ("=message_code", "=person_code")
    ordering = ("-pk",)


@admin.register(EvidenceEntry)
class EvidenceRecord(Record):
    """The links of the chain with the state it is in; what is sealed is opened in its case only."""

    fields = ("seq", "at", "kind", "case_code", "payload_digest", "prev_hash", "hash", "is_sealed")
    readonly_fields = fields
    list_display = ("seq", "at", "kind", "case_code", "hash")
    list_filter = ("kind",)
    search_fields = ("=case_code", "=seq", "=hash")
    ordering = ("-seq",)
    change_list_template = "admin/conversations/evidenceentry/change_list.html"

    def get_urls(self) -> list[Any]:
        verify = path("verify/", self.admin_site.admin_view(self.verify), name="verify_evidence")
        return [verify, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "head": evidence.head()})

    @admin.display(description=gettext_lazy("can be read"), boolean=True)
    def is_sealed(self, entry: EvidenceEntry) -> bool:
        """Not any more once its hold has ended."""
        return entry.payload.data_key is not None

    def verify(self, request: Any) -> HttpResponse:
        """Look at every link; who asked for it and what was found is kept."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        finding = evidence.verify()
        fault = finding.fault
        facts = {
            "count": finding.count,
            "head": str(finding.head),
            "fault": f"{fault.seq} {fault.how}" if fault else "",
        }
        AuditEntry.write(request.user, "evidence.verified", finding.head, after=facts)
        if fault:
            words = _("Entry %(seq)s is not as it was sealed (%(how)s): %(words)s.")
            told = words % {"seq": fault.seq, "how": HOW[fault.how], "words": fault.words}
            self.message_user(request, told, messages.ERROR)
        else:
            words = _("%(count)s entries are whole. The chain ends with %(head)s.")
            self.message_user(request, words % {"count": finding.count, "head": finding.head}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:conversations_evidenceentry_changelist"))
