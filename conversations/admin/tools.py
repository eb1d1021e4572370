"""What administrators decide about the tools of the site, and the record of what was called."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations.models import ToolCall, ToolRule
from conversations.tools import SHIPPED

from .audited import Audited, AuditedForm
from .policy import ROLES
from .readonly import Record

ALL = _("all")
LABELS = {tool.name: tool.label for tool in SHIPPED}


class ToolRuleForm(AuditedForm):
    group_name = forms.ChoiceField(label=_("Group"), required=False, help_text=_("Only for them; empty for all."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "group_name" in self.fields:
            groups = Group.objects.order_by("name").values_list("name", flat=True)
            field: Any = self.fields["group_name"]
            field.choices = [("", ALL), *((name, ROLES.get(name, name)) for name in groups)]
        if "approval" in self.fields:
            asks: Any = self.fields["approval"]
            asks.choices = [("", _("as the tool does")), *asks.choices[1:]]


@admin.register(ToolRule)
class ToolRuleRecord(Audited):
    """They come with the program: none is added or deleted here."""

    form = ToolRuleForm
    shown_fields = ("name", "is_offered", "is_default", "group_name", "approval")
    fixed_fields = ("name",)
    list_display = ("name", "label", "is_offered", "is_default", "group", "approval")
    ordering = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("for people"))
    def label(self, rule: ToolRule) -> str:
        return str(LABELS.get(rule.name, ""))

    @admin.display(description=_("group"), ordering="group_name")
    def group(self, rule: ToolRule) -> str:
        return str(ROLES.get(rule.group_name, rule.group_name) or ALL)


@admin.register(ToolCall)
class ToolCallRecord(Record):
    fields = (
        *("code", "turn", "round", "index", "call_id", "name", "approval", "state", "trouble", "result_length"),
        *("requested_at", "decided_at", "started_at", "ended_at"),
    )
    readonly_fields = fields
    list_display = ("name", "turn", "round", "approval", "state", "trouble", "requested_at", "decided_at", "ended_at")
    list_filter = ("name", "state", "trouble", "approval")
    list_select_related = ("turn",)
    search_fields = ("=code", "=turn__code")
    ordering = ("-pk",)
