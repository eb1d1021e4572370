"""Review cases: a verdict needs a reason, and so does a look at the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import moderation
from conversations.models import AuditEntry, Flag, IllegalMove, ReviewCase, ReviewEvent, User

from .readonly import ReadOnly, Record


class ReasonForm(forms.Form):
    """Why somebody decides or looks."""

    reason = forms.CharField(label=gettext_lazy("Reason"), min_length=3, max_length=2000, widget=forms.Textarea)


class CaseInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """Rows of a case, for whoever may see the case."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see(request)


class FlagInline(CaseInline):
    model = Flag
    fields = ("source", "role", "level", "call_code", "raised_at")


class EventInline(CaseInline):
    model = ReviewEvent
    fields = ("at", "actor_code", "before", "after", "reason")


@admin.register(ReviewCase)
class CaseRecord(Record):
    fields = (
        *("code", "state", "message_code", "conversation_code", "person_code"),
        *("claimed_by", "opened_at", "decided_at", "text"),
    )
    readonly_fields = fields
    list_display = ("code", "state", "flag_count", "opened_at", "decided_at")
    list_filter = ("state",)
    search_fields = ("=code", "=message_code", "=conversation_code")
    ordering = ("-pk",)
    inlines = (FlagInline, EventInline)
    actions = ("release", "uphold")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewCase]:
        rows: QuerySet[ReviewCase] = super().get_queryset(request)
        return rows.annotate(flags_count=Count("flags"))

    def get_urls(self) -> list[Any]:
        look = path("<path:object_id>/look/", self.admin_site.admin_view(self.look), name="review_look")
        return [look, *super().get_urls()]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_see(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see(request)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("conversations.review")

    @admin.display(description=gettext_lazy("flags"))
    def flag_count(self, case: ReviewCase) -> int:
        return int(case.flags_count)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("text"))
    def text(self, case: ReviewCase) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:review_look", args=[case.pk]), _("Look, for a reason that is kept")
        )

    @admin.action(description=gettext_lazy("Release"), permissions=["decide"])
    def release(self, request: HttpRequest, cases: QuerySet[ReviewCase]) -> HttpResponse | None:
        return self._decide(request, cases, "release", moderation.release)

    @admin.action(description=gettext_lazy("Uphold"), permissions=["decide"])
    def uphold(self, request: HttpRequest, cases: QuerySet[ReviewCase]) -> HttpResponse | None:
        return self._decide(request, cases, "uphold", moderation.uphold)

    def look(self, request: Any, object_id: str) -> HttpResponse:
        """The withheld text, after a reason was written down."""
        case = ReviewCase.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if case is None or not self.has_decide_permission(request) or is_own(request.user, case):
            raise Http404
        form = ReasonForm(request.POST or None)
        context = {**self.admin_site.each_context(request), "form": form, "case": case, "opts": self.opts}
        if request.method == "POST" and form.is_valid():
            AuditEntry.write(request.user, "case.looked", case.code, reason=form.cleaned_data["reason"])
            context |= {"shown": True, "text": moderation.text_for_review(case)}
        response = TemplateResponse(request, "admin/conversations/reviewcase/look.html", context)
        add_never_cache_headers(response)
        return response

    def _decide(
        self,
        request: HttpRequest,
        cases: QuerySet[ReviewCase],
        action: str,
        verdict: Callable[[ReviewCase, User, str], bool],
    ) -> HttpResponse | None:
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            asked = {"form": form, "cases": cases, "action": action, "opts": self.opts}
            context = self.admin_site.each_context(request) | asked
            return TemplateResponse(request, "admin/conversations/reviewcase/decide.html", context)
        for case in cases:
            self._decide_one(request, case, verdict, form.cleaned_data["reason"])
        return None

    def _decide_one(self, request: Any, case: ReviewCase, verdict: Any, reason: str) -> None:
        if is_own(request.user, case):
            self.message_user(request, _("%s is your own case.") % case, messages.ERROR)
            return
        try:
            is_done = verdict(case, request.user, reason)
        except IllegalMove:
            is_done = False
        if is_done:
            self.message_user(request, _("%s is decided.") % case, messages.SUCCESS)
        else:
            self.message_user(request, _("%s had been decided by somebody else.") % case, messages.WARNING)


def may_see(request: HttpRequest) -> bool:
    return request.user.has_perm("conversations.review") or request.user.has_perm("conversations.view_reviewcase")


def is_own(person: User, case: ReviewCase) -> bool:
    """Nobody judges their own text, unless there is nobody else."""
    return case.person_code == person.code and User.objects.filter(is_active=True).exclude(pk=person.pk).exists()
