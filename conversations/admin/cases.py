"""Review cases: a verdict needs a reason, and so does a look at the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import moderation
from conversations.models import AuditEntry, Flag, ReasonUse, ReviewCase, ReviewEvent, User

from .audited import ReasonForm
from .readonly import ReadOnly, Record, row_of

AT_ONCE = 100  # cases that one verdict may be about


class VerdictForm(forms.Form):
    """Why somebody decides: a reason that the author reads, and a note that only reviewers read."""

    reason_code = forms.ChoiceField(label=gettext_lazy("Reason"))
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=2000, widget=forms.Textarea)

    def __init__(self, use: ReasonUse, *args: Any) -> None:
        super().__init__(*args)
        offered = [(reason.code, _(reason.words)) for reason in moderation.offered_reasons(use)]
        self.fields["reason_code"].choices = offered  # type: ignore[attr-defined]


class CaseInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """Rows of a case, for whoever may see the case."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see(request)


class FlagInline(CaseInline):
    model = Flag
    fields = ("source", "role", "level", "on_flag", "call_code", "raised_by", "raised_at")


class EventInline(CaseInline):
    model = ReviewEvent
    fields = ("at", "actor_code", "act", "before", "after", "reason_code", "reason")


@admin.register(ReviewCase)
class CaseRecord(Record):
    fields = (
        *("code", "state", "source", "level", "role", "on_flag", "needs_second"),
        *("message_code", "conversation_code", "person_code"),
        *("claimed_by", "claimed_until", "proposed_by", "decided_by", "is_self_reviewed", "reason_code", "note"),
        *("opened_at", "due_at", "decided_at", "announced_at", "text"),
    )
    readonly_fields = fields
    list_display = ("code", "state", "source", "level", "flag_count", "opened_at", "due_at", "decided_at")
    list_filter = ("state", "source", "level")
    search_fields = ("=code", "=message_code", "=conversation_code")
    ordering = ("-pk",)
    inlines = (FlagInline, EventInline)
    actions = ("claim", "release", "uphold")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewCase]:
        """Flags are counted for the rows of a page only, however many cases there are."""
        rows: QuerySet[ReviewCase] = super().get_queryset(request)
        flags = Flag.objects.filter(case=OuterRef("pk")).order_by().values("case").annotate(n=Count("pk")).values("n")
        return rows.annotate(flags_count=Subquery(flags, output_field=IntegerField()))

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
        return int(case.flags_count or 0)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("text"))
    def text(self, case: ReviewCase) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:review_look", args=[case.pk]), _("Look, for a reason that is kept")
        )

    @admin.action(description=gettext_lazy("Claim"), permissions=["decide"])
    def claim(self, request: HttpRequest, cases: QuerySet[ReviewCase]) -> None:
        for case in cases if self._are_few(request, cases) else ():
            self._act(request, case, lambda each: moderation.claim(each, request.user))  # type: ignore[arg-type]

    @admin.action(description=gettext_lazy("Release"), permissions=["decide"])
    def release(self, request: HttpRequest, cases: QuerySet[ReviewCase]) -> HttpResponse | None:
        return self._decide(request, cases, ReasonUse.RELEASE, moderation.release)

    @admin.action(description=gettext_lazy("Uphold"), permissions=["decide"])
    def uphold(self, request: HttpRequest, cases: QuerySet[ReviewCase]) -> HttpResponse | None:
        return self._decide(request, cases, ReasonUse.UPHOLD, moderation.uphold)

    def look(self, request: Any, object_id: str) -> HttpResponse:
        """The withheld text, after a reason was written down."""
        case = row_of(ReviewCase.objects.all(), object_id)
        if case is None or not moderation.may_look(case, request.user):
            raise Http404
        form = ReasonForm(request.POST or None)
        context = {**self.admin_site.each_context(request), "form": form, "case": case, "opts": self.opts}
        if request.method == "POST" and form.is_valid():
            context |= {"shown": True, **_looked(request.user, case, form.cleaned_data["reason"])}
        response = TemplateResponse(request, "admin/conversations/reviewcase/look.html", context)
        add_never_cache_headers(response)
        return response

    def _decide(
        self,
        request: HttpRequest,
        cases: QuerySet[ReviewCase],
        use: ReasonUse,
        verdict: Callable[[ReviewCase, User, str, str], bool],
    ) -> HttpResponse | None:
        if not self._are_few(request, cases):
            return None
        form = VerdictForm(use, request.POST if "reason_code" in request.POST else None)
        if not form.is_valid():
            action = "release" if use == ReasonUse.RELEASE else "uphold"
            asked = {"form": form, "cases": cases, "action": action, "opts": self.opts}
            context = self.admin_site.each_context(request) | asked
            return TemplateResponse(request, "admin/conversations/reviewcase/decide.html", context)
        code, note = form.cleaned_data["reason_code"], form.cleaned_data["note"]
        for case in cases:
            self._act(request, case, lambda each: verdict(each, request.user, code, note))  # type: ignore[arg-type]
        return None

    def _are_few(self, request: HttpRequest, cases: QuerySet[ReviewCase]) -> bool:
        count = cases.count()
        if count > AT_ONCE:
            words = _("%(count)s cases are too many at once: choose at most %(most)s.")
            self.message_user(request, words % {"count": count, "most": AT_ONCE}, messages.ERROR)
        return count <= AT_ONCE

    def _act(self, request: HttpRequest, case: ReviewCase, act: Callable[[ReviewCase], bool | None]) -> None:
        try:
            is_done = act(case)
        except moderation.ReviewError as error:
            self.message_user(request, f"{case}: {REFUSALS[type(error)]}", messages.ERROR)
            return
        words = _("%s waits for a second person.") if is_done is False else _("%s: done.")
        self.message_user(request, words % case, messages.SUCCESS)


def _looked(actor: User, case: ReviewCase, reason: str) -> dict[str, Any]:
    """The look is written down before anything is shown; without its conversation the sealed evidence is opened."""
    with transaction.atomic():
        AuditEntry.write(actor, "case.looked", case.code, reason=reason)
        moderation.show_text(case, actor, reason)
        reports = case.flags.exclude(words="").values_list("words", flat=True)
        return {"text": moderation.text_for_review(case), "reports": list(reports)}


REFUSALS: dict[type[moderation.ReviewError], Any] = {
    moderation.NotAReviewer: gettext_lazy("you may not review."),
    moderation.OwnCase: gettext_lazy("this is your own case."),
    moderation.Taken: gettext_lazy("somebody else is at it."),
    moderation.Decided: gettext_lazy("it had been decided by somebody else."),
    moderation.NotYours: gettext_lazy("this is not yours to change."),
    moderation.SamePerson: gettext_lazy("the second person must be another one."),
    moderation.TooLate: gettext_lazy("it was announced and cannot be taken back."),
    moderation.NoSuchReason: gettext_lazy("this reason is not offered."),
}


def may_see(request: HttpRequest) -> bool:
    return request.user.has_perm("conversations.review") or request.user.has_perm("conversations.view_reviewcase")
