"""Jobs, with what only administrators can do: look at the wire, and decide about those that nobody knows of."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import background, evidence, jobs
from conversations.jobs import Decided
from conversations.models import AuditEntry, Job, JobState

from .audited import ReasonField, ReasonForm
from .readonly import Guarded

LOOK_UP, GIVE_UP = "look_up", "give_up"


class DecisionForm(forms.Form):
    """What becomes of a job that nobody knows of, and why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (LOOK_UP, gettext_lazy("GLM has it: ask for it under this id")),
            (GIVE_UP, gettext_lazy("Count it as failed")),
        ],
        widget=forms.RadioSelect,
    )
    provider_id = forms.CharField(label=gettext_lazy("Id at GLM"), max_length=256, required=False)
    reason = ReasonField()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") == LOOK_UP and not cleaned.get("provider_id"):
            self.add_error("provider_id", _("Say under which id GLM has it."))
        return cleaned


@admin.register(Job)
class JobRecord(Guarded):
    """Facts of a job, with what went over the wire and the decision about an unknown one behind doors."""

    fields = (
        *("code", "person", "conversation", "turn", "kind", "state", "model_name", "upstream", "is_simulated"),
        *("request_id", "provider_id", "attempt_count", "poll_count", "failure_count", "next_poll_at", "lease_until"),
        *("lease_token", "deadline_at", "cancel_asked_at", "trouble", "trouble_code", "resets_at"),
        *("cost", "cost_currency", "created_at", "submitted_at", "ended_at", "doors"),
    )
    readonly_fields = fields
    list_display = ("code", "person", "kind", "state", "model_name", "trouble", "trouble_code", "created_at")
    list_filter = ("state", "kind", "model_name", "trouble")
    list_select_related = ("person",)
    search_fields = ("=code", "=request_id", "=provider_id", "=conversation__code", "=person__username")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("input", "result", "exchange")

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/exchange/", wrap(self.exchange), name="job_exchange"),
            path("<path:object_id>/decide/", wrap(self.decide), name="job_decide"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("actions"))
    def doors(self, obj: Job) -> SafeString:
        look = format_html('<a href="{}">{}</a>', self._door("exchange", obj), _("What went over the wire"))
        if obj.state != JobState.UNKNOWN:
            return look
        return format_html('{} · <a href="{}">{}</a>', look, self._door("decide", obj), _("Decide"))

    def exchange(self, request: Any, object_id: str) -> HttpResponse:
        """Who looks, when and why is written down before anything is shown."""
        found, form = self.found(request, object_id), ReasonForm(request.POST if request.method == "POST" else None)
        context = self.context(request, found, form)
        if form.is_valid():
            with transaction.atomic():
                AuditEntry.write(request.user, "job.looked", found.code, reason=form.cleaned_data["reason"])
            context["lines"] = [json.dumps(each, ensure_ascii=False, indent=1) for each in found.exchange]
        response = TemplateResponse(request, "admin/conversations/job/exchange.html", context)
        add_never_cache_headers(response)
        return response

    def decide(self, request: Any, object_id: str) -> HttpResponse:
        found, form = self.found(request, object_id), DecisionForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._decided(request, found, form.cleaned_data)
        return TemplateResponse(request, "admin/conversations/job/decide.html", self.context(request, found, form))

    def _decided(self, request: Any, found: Job, said: dict[str, Any]) -> HttpResponse:
        who = str(request.user.code)
        with evidence.recording():
            if said["decision"] == LOOK_UP:
                decided = jobs.look_up(found, said["provider_id"], who)
            else:
                decided = jobs.give_up(found, who)
            if decided is Decided.DONE:
                after = {"decision": said["decision"], "provider_id": said["provider_id"]}
                AuditEntry.write(request.user, "job.decided", found.code, reason=said["reason"], after=after)
        background.step_jobs()
        if decided is Decided.DONE:
            self.message_user(request, _("Decided."), messages.SUCCESS)
        else:
            self.message_user(request, _("It is not unknown any more: nothing was changed."), messages.ERROR)
        return HttpResponseRedirect(reverse("admin:conversations_job_change", args=[found.pk]))

    def _door(self, name: str, obj: Job) -> str:
        return reverse(f"admin:job_{name}", args=[obj.pk])
