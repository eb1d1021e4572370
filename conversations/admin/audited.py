"""Records that administrators change: each change names its reason and is written down with what was there before."""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import AuditEntry
from conversations.models.shipped import Shipped

from .readonly import row_of

KEPT = gettext_lazy("Kept on record with your name")
ADDED = ("reason", "seen")


class ReasonField(forms.CharField):
    """A typed reason; one cannot be "-"."""

    def __init__(self, **options: Any) -> None:
        shown = {"label": gettext_lazy("Reason"), "help_text": KEPT, "widget": forms.TextInput(attrs={"size": 80})}
        super().__init__(**{**shown, "min_length": 3, "max_length": 300, **options})


class ReasonForm(forms.Form):
    """Why somebody does it."""

    reason = ReasonField()


class AuditedForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields of a record and why they are changed.

    `seen` says what the record was when the form was drawn: two administrators at one record must not undo each
    other's work unknown to both.
    """

    reason = ReasonField()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._now = _fingerprint(self.instance)
        self.initial["seen"] = self._now

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and cleaned.get("seen") != self._now:
            self._now_has("seen", self._now)
            words = _("Somebody else has changed this meanwhile. Look at it in another window; saving now replaces it.")
            self.add_error(None, words)
        return cleaned

    def _now_has(self, name: str, value: str) -> None:
        """What a field holds when the form comes back with its errors."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix(name)] = value
        self.data = data

    @property
    def changed_fields(self) -> list[str]:
        return [name for name in self.changed_data if name not in ADDED]

    def facts_before(self, name: str) -> Any:
        """What the audit record says of a field before the change; see `facts_after`."""
        return self.initial.get(name)

    def facts_after(self, name: str) -> Any:
        return self.cleaned_data.get(name)


class Audited(admin.ModelAdmin):  # type: ignore[type-arg]
    """Adding, changing and deleting, by the model's own permissions. What came with the program cannot be deleted (it
    would come back), nor can the fields that name it be changed."""

    form: type[AuditedForm] = AuditedForm
    shown_fields: ClassVar[tuple[str, ...]] = ()
    fixed_fields: ClassVar[tuple[str, ...]] = ()  # of a record that exists
    actions = None
    list_per_page = 50
    save_on_top = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.shown_fields, *(ADDED if self._may_change(request, obj) else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        named = type(obj).KEY if isinstance(obj, Shipped) and obj.shipped_version is not None else ()
        fixed = {*named, *(self.fixed_fields if obj is not None else ())}
        return [name for name in self.shown_fields if name in fixed]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_shipped = isinstance(obj, Shipped) and obj.shipped_version is not None
        return not is_shipped and super().has_delete_permission(request, obj)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Of two who save at once the second finds what the first has done."""
        if request.method == "POST":
            return self._found(object_id, self.model._default_manager.select_for_update())
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        changed: list[str] = form.changed_fields
        if change and not changed:
            return
        if isinstance(obj, Shipped):
            obj.override(*changed)
        obj.save()
        before = {name: form.facts_before(name) for name in changed} if change else {}
        after = {name: form.facts_after(name) for name in (changed if change else form.cleaned_data)}
        self._write(request, "changed" if change else "added", obj, form.cleaned_data["reason"], before, after)

    def delete_view(self, request: Any, object_id: str, extra_context: Any = None) -> HttpResponse:
        obj = self.get_object(request, object_id) if request.method != "POST" else self._found(object_id)
        if obj is None:
            raise Http404
        if not self.has_delete_permission(request, obj):
            raise PermissionDenied
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            context = {**self.admin_site.each_context(request), "form": form, "object": obj, "opts": self.opts}
            return TemplateResponse(request, "admin/conversations/delete.html", context)
        self._delete(request, obj, form.cleaned_data["reason"])
        self.message_user(request, _("%s: deleted.") % obj, messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def _found(self, object_id: str, rows: Any = None) -> Any:
        return row_of(self.model._default_manager.all() if rows is None else rows, object_id)

    def _delete(self, request: Any, obj: models.Model, reason: str) -> None:
        with transaction.atomic():
            self._write(request, "deleted", obj, reason, self.facts_of(obj), {})
            self.log_deletions(request, self.model._default_manager.filter(pk=obj.pk))
            obj.delete()

    def facts_of(self, obj: models.Model) -> dict[str, Any]:
        """What the audit record keeps of a record that goes."""
        return model_to_dict(obj, fields=self.shown_fields)

    def _write(
        self, request: Any, what: str, obj: Any, reason: str, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        code = getattr(obj, "code", "") or str(obj)
        kept = {"before": _plain(before), "after": _plain(after)}
        AuditEntry.write(request.user, f"{self.opts.model_name}.{what}", code, reason=reason, **kept)

    def _may_change(self, request: HttpRequest, obj: Any) -> bool:
        return self.has_change_permission(request, obj) if obj is not None else self.has_add_permission(request)


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it: numbers with a point as text, and no uploaded file."""
    known = {name: value for name, value in facts.items() if name not in ADDED and not hasattr(value, "read")}
    plain: dict[str, Any] = json.loads(json.dumps(known, cls=DjangoJSONEncoder))
    return plain


def _fingerprint(instance: models.Model) -> str:
    facts = json.dumps(model_to_dict(instance), cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()
