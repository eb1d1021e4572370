"""What the administrators decide about flags: the policy, the flag rules and the reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import FlagRule, Policy, Reason

from .audited import Audited, AuditedForm

ONLY = 1
ROLES = {
    "member": gettext_lazy("member"),
    "reviewer": gettext_lazy("reviewer"),
    "administrator": gettext_lazy("administrator"),
}
ANY = gettext_lazy("any")


@admin.register(Policy)
class PolicyRecord(Audited):
    """One row, so its page stands for the list."""

    shown_fields = ("solo", "sample_percent")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:conversations_policy_change", args=[ONLY]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RuleForm(AuditedForm):
    """A rule for one kind, level and group, each of which may be any."""

    group_name = forms.ChoiceField(label=gettext_lazy("Group"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("source", "level"):
            if name in self.fields:
                field: Any = self.fields[name]
                field.choices = [("", ANY), *field.choices[1:]]
        if "group_name" in self.fields:
            groups = Group.objects.order_by("name").values_list("name", flat=True)
            offered = [("", ANY), *((name, ROLES.get(name, name)) for name in groups)]
            self.fields["group_name"].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        named = {name: cleaned.get(name, getattr(self.instance, name)) for name in FlagRule.KEY}
        if FlagRule.objects.filter(**named).exclude(pk=self.instance.pk).exists():
            self.add_error(
                "source" if "source" in self.fields else None, _("There is a rule for exactly this already.")
            )
        return cleaned


@admin.register(FlagRule)
class RuleRecord(Audited):
    form = RuleForm
    shown_fields = ("source", "level", "group_name", "on_flag", "delivery", "needs_second")
    list_display = ("kind", "worst", "group", "on_flag", "delivery", "needs_second", "is_changed")
    ordering = ("source", "level", "group_name")

    @admin.display(description=gettext_lazy("kind of flag"), ordering="source")
    def kind(self, rule: FlagRule) -> str:
        return str(rule.get_source_display() if rule.source else ANY)

    @admin.display(description=gettext_lazy("level"), ordering="level")
    def worst(self, rule: FlagRule) -> str:
        return rule.level or str(ANY)

    @admin.display(description=gettext_lazy("group"), ordering="group_name")
    def group(self, rule: FlagRule) -> str:
        return str(ROLES.get(rule.group_name, rule.group_name) or ANY)

    @admin.display(description=gettext_lazy("changed here"), boolean=True)
    def is_changed(self, rule: FlagRule) -> bool:
        return rule.shipped_version is None or bool(rule.overridden_fields)


class ReasonRecordForm(AuditedForm):
    def clean(self) -> dict[str, Any]:
        """Without any reason nobody could decide, or report, any more."""
        cleaned = super().clean()
        use = cleaned.get("use", self.instance.use)
        others = Reason.objects.filter(use=use, is_offered=True).exclude(pk=self.instance.pk)
        if not cleaned.get("is_offered") and self.instance.is_offered and use and not others.exists():
            self.add_error("is_offered", _("This is the last one of its kind, and one has to be offered."))
        return cleaned


@admin.register(Reason)
class ReasonRecord(Audited):
    """Codes stand in the record for ever, so they do not change, and no reason is deleted: it is not offered."""

    form = ReasonRecordForm
    shown_fields = ("code", "use", "words", "position", "is_offered")
    fixed_fields = ("code", "use")
    list_display = ("code", "use", "in_words", "position", "is_offered")
    list_filter = ("use", "is_offered")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reason]:
        rows: QuerySet[Reason] = super().get_queryset(request)
        return rows

    @admin.display(description=gettext_lazy("words"), ordering="words")
    def in_words(self, reason: Reason) -> str:
        return _(reason.words)
