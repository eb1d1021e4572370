"""Trying an HTTP tool: its arguments as a form, one call, and what came of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.crypto import CannotUnlock
from conversations.http_tools import Failed, Field, Kind, Misfit, Outcome, fields_of
from conversations.models import AuditEntry, HttpTool, User
from conversations.tools import http
from conversations.tools.schema import faults

PREFIX = "argument-"
MOST_SHOWN = 20_000  # characters of an answer
MOST_KEPT = 2000  # of the arguments, in the audit record

WORDS_OF_KINDS = {
    Kind.TEXT: gettext_lazy("text"),
    Kind.INTEGER: gettext_lazy("whole number"),
    Kind.NUMBER: gettext_lazy("number"),
    Kind.TRUTH: gettext_lazy("yes or no"),
    Kind.CHOICE: gettext_lazy("one of several"),
    Kind.LIST: gettext_lazy("list, as JSON"),
    Kind.OBJECT: gettext_lazy("JSON"),
}


class DeepJSON(forms.JSONField):
    """Whatever is typed, and however deep."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 80, "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError(_("It is nested too deeply.")) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return data


class TrialForm(forms.Form):
    """A field for each argument of a schema, and the schema's own check of all of them."""

    def __init__(self, schema: Mapping[str, Any], data: Any = None) -> None:
        super().__init__(data)
        self._schema = schema
        self._described = fields_of(schema)
        for each in self._described:
            self.fields[PREFIX + each.name] = _form_field(each)

    @property
    def arguments(self) -> dict[str, Any]:
        """Those that were given."""
        given = ((each, self.cleaned_data.get(PREFIX + each.name)) for each in self._described)
        return {each.name: _value(each, value) for each, value in given if value not in (None, "")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for fault in faults(self._schema, self.arguments):
                self.add_error(None, fault)
        return cleaned


@dataclass(frozen=True, slots=True)
class Trial:
    """`request` without its secrets; `told` is what a model would be told; `outcome` None when nothing came of it."""

    request: str
    told: str
    outcome: Outcome | None = None
    is_cut: bool = False


def tried(person: User, row: HttpTool, arguments: dict[str, Any]) -> Trial:
    """Ask the tool's server, and write down who did."""
    trial = _attempt(row, arguments)
    after = {
        "arguments": json.dumps(arguments, ensure_ascii=False)[:MOST_KEPT],
        "works": trial.outcome is not None,
        "status": trial.outcome.status if trial.outcome else None,
    }
    AuditEntry.write(person, "httptool.tried", row.code, after=after)
    return trial


def _attempt(row: HttpTool, arguments: dict[str, Any]) -> Trial:
    try:
        request = http.definition_of(row).shown(arguments, http.secrets_of(row))
    except (Misfit, CannotUnlock):
        request = ""
    if not http.is_at_hand(row):
        return Trial(request, _("The sandbox is not running: a key is set, so GLM answers."))
    try:
        outcome = asyncio.run(http.ask(row, arguments))
    except Failed as failed:
        return Trial(request, str(failed))
    most = min(row.most_characters, MOST_SHOWN)
    return Trial(request, outcome.text[:most], outcome, is_cut=len(outcome.text) > most)


def _value(field: Field, given: Any) -> Any:
    """Of a list of choices comes what was written into it: JSON."""
    return json.loads(given) if field.kind in (Kind.CHOICE, Kind.TRUTH) else given


def _form_field(field: Field) -> forms.Field:
    options: dict[str, Any] = {
        "label": field.name,
        "required": field.is_required,
        "help_text": field.explains,
        "initial": field.example,
    }
    nothing = [] if field.is_required else [("", "—")]
    match field.kind:
        case Kind.INTEGER:
            return forms.IntegerField(**options)
        case Kind.NUMBER:
            return forms.FloatField(**options)
        case Kind.TRUTH:
            options["initial"] = json.dumps(field.example) if field.example is not None else ""
            return forms.ChoiceField(choices=[*nothing, ("true", _("yes")), ("false", _("no"))], **options)
        case Kind.CHOICE:
            options["initial"] = json.dumps(field.example) if field.example is not None else ""
            choices = [
                (json.dumps(each), each if isinstance(each, str) else json.dumps(each)) for each in field.choices
            ]
            return forms.ChoiceField(choices=[*nothing, *choices], **options)
        case Kind.LIST | Kind.OBJECT:
            return DeepJSON(**options)
    return forms.CharField(strip=False, widget=forms.TextInput(attrs={"size": 80}), **options)
