"""HTTP tools of the organisation: a schema and a request, checked before anything is kept, and secrets nobody reads."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import standing
from conversations.http_tools import Definition, Method, Secrets, Unfit, check, fields_of, host_of
from conversations.models import HttpTool
from conversations.models.encrypted import Secret
from conversations.tools import MOST_TOOLS, http, registry
from conversations.tools.schema import NoSchema, checked

from .audited import Audited, AuditedForm
from .http_trial import WORDS_OF_KINDS, DeepJSON, TrialForm, tried
from .http_words import in_words
from .policy import ROLES

EXAMPLE = """{
  "type": "object",
  "properties": {
    "city": {"type": "string", "description": "Name of the city"}
  },
  "required": ["city"]
}"""
SOMEWHERE = "http://sandbox.invalid"  # stands for the sandbox while a definition is checked
HINTS = {
    "parameters": gettext_lazy("An object of JSON Schema, as GLM takes it; empty for a function without arguments."),
    "url": gettext_lazy(
        "Arguments stand in braces, in the path or as values of the query: "
        "https://api.example.org/v1/{city}?days={days}. A value of the query that is not given is left out."
    ),
    "body": gettext_lazy(
        'JSON with arguments in braces: {"town": "{city}"}. Empty: all arguments that the address has no place for, as '
        "one object."
    ),
    "hosts": gettext_lazy(
        "The address must lead to one of them: names with a blank between, *.example.org for all below one. Empty: the "
        "host of the address. Addresses that are not public are never asked."
    ),
}


class SchemaField(DeepJSON):
    """JSON, drawn so that people can read it."""

    widget = forms.Textarea(attrs={"rows": 14, "cols": 80, "spellcheck": "false", "placeholder": EXAMPLE})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str):  # what cannot be read comes back as it was typed
            return value
        return json.dumps(value, ensure_ascii=False, indent=2) if value else ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((self.to_python(data) or {}) != (initial or {}))
        except forms.ValidationError:
            return True


class HttpToolForm(AuditedForm):
    """The secrets are typed and never drawn; they belong to the hosts that they were typed for."""

    parameters = SchemaField(label=gettext_lazy("Arguments, as JSON Schema"), required=False)
    secret_lines = forms.CharField(
        label=gettext_lazy("Secrets"),
        required=False,
        strip=False,
        help_text=gettext_lazy(
            "One a line: a header, such as “Authorization: Bearer …”, or, after a question mark, a parameter of the "
            "query, such as “?key: …”. They are kept encrypted and never shown again; what is typed takes the place of "
            "all."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80, "spellcheck": "false", "autocomplete": "off"}),
    )
    forget_secrets = forms.BooleanField(label=gettext_lazy("Forget the secrets"), required=False)
    group_names = forms.MultipleChoiceField(
        label=gettext_lazy("Who may use it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nobody ticked: everybody."),
    )

    class Meta:
        model = HttpTool
        fields = "__all__"
        help_texts = HINTS
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3, "cols": 80}),
            "explains": forms.TextInput(attrs={"size": 80}),
            "url": forms.TextInput(attrs={"size": 80, "spellcheck": "false"}),
            "body": forms.Textarea(attrs={"rows": 6, "cols": 80, "spellcheck": "false"}),
            "hosts": forms.TextInput(attrs={"size": 80, "spellcheck": "false"}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._secrets: Secrets | None = None
        self._names_before, self._had_secrets = self.instance.secret_names, bool(self.instance.secrets)
        if "group_names" in self.fields:
            names = Group.objects.order_by("name").values_list("name", flat=True)
            self.fields["group_names"].choices = [(name, ROLES.get(name, name)) for name in names]  # type: ignore[attr-defined]
        if "parameters" in self.fields:
            self.fields["parameters"].help_text = HINTS["parameters"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if any(tool.name == name for tool in registry.SHIPPED):
            raise forms.ValidationError(_("A tool of this site has that name already."))
        return name

    def clean_parameters(self) -> dict[str, Any]:
        try:
            return checked(self.cleaned_data["parameters"] or {})
        except NoSchema as error:
            raise forms.ValidationError(
                _("This is no JSON Schema for a function: %(why)s."), params={"why": error}
            ) from None

    def clean_hosts(self) -> str:
        return " ".join(str(self.cleaned_data["hosts"]).lower().split())

    def clean_url(self) -> str:
        return str(self.cleaned_data["url"]).strip()

    def clean_secret_lines(self) -> str:
        lines = str(self.cleaned_data["secret_lines"])
        if lines.strip():
            try:
                self._secrets = Secrets.parse(lines)
            except Unfit as unfit:
                raise forms.ValidationError(in_words(unfit)[1]) from None
        return lines

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self._is_one_too_many(cleaned):
            words = _("A request has at most %(most)s functions, and there are as many: take one out of use first.")
            self.add_error("is_offered", words % {"most": MOST_TOOLS})
        if {"url", "body", "hosts", "method", "parameters"} <= cleaned.keys():
            self._check_request(cleaned)
        return cleaned

    @property
    def changed_fields(self) -> list[str]:
        changed = {name for name in super().changed_fields if name not in ("secret_lines", "forget_secrets")}
        if self._secrets is not None or self._lets_go:
            changed.add("secrets")
        # What the address said for them is a change too.
        if self.cleaned_data.get("hosts", self._hosts_before) != self._hosts_before:
            changed.add("hosts")
        return sorted(changed)

    def facts_before(self, name: str) -> Any:
        return self._names_before if name == "secrets" else super().facts_before(name)

    def facts_after(self, name: str) -> Any:
        """Names of secrets, and never one of them."""
        if name in ("secrets", "secret_lines"):
            return " ".join(self._secrets.names) if self._secrets else ""
        return super().facts_after(name)

    def keep_secrets(self) -> None:
        """Put what was typed into the record, which the caller saves."""
        if self._secrets is not None or self._lets_go:
            self.instance.secrets = Secret.of(self._secrets.kept()) if self._secrets else None
            self.instance.secret_names = " ".join(self._secrets.names) if self._secrets else ""

    @property
    def _lets_go(self) -> bool:
        return bool(self.cleaned_data.get("forget_secrets") and self._had_secrets)

    def _is_one_too_many(self, cleaned: dict[str, Any]) -> bool:
        others = HttpTool.objects.filter(is_offered=True).exclude(pk=self.instance.pk).count()
        return bool(cleaned.get("is_offered")) and others + len(registry.SHIPPED) >= MOST_TOOLS

    def _check_request(self, cleaned: dict[str, Any]) -> None:
        name = self.instance.name or cleaned.get("name", "")
        is_demo = self.instance.shipped_version is not None and cleaned["url"] == http.shipped_url(name)
        hosts = () if is_demo else tuple(cleaned["hosts"].split())
        method, base = Method(cleaned["method"]), SOMEWHERE if is_demo else ""
        tool = Definition(name, method, cleaned["url"], cleaned["body"], hosts, base=base)
        try:
            host = host_of(tool)
            check(tool, cleaned["parameters"], self._secrets or Secrets())
        except Unfit as unfit:
            field, words = in_words(unfit)
            self.add_error(field if field in self.fields else None, words)
            return
        if is_demo:
            cleaned["hosts"] = ""
        else:
            cleaned["hosts"] = cleaned["hosts"] or host
            self._check_host(host, cleaned)
        self._check_secrets(tool, is_demo, cleaned)

    def _check_host(self, host: str, cleaned: dict[str, Any]) -> None:
        if not http.operator_allows(host):
            words = _("The operator of this site does not let tools ask %(host)s (CHATSITE_TOOL_HOSTS).")
            self.add_error("url", words % {"host": host})

    def _check_secrets(self, tool: Definition, is_demo: bool, cleaned: dict[str, Any]) -> None:
        """Whoever leads a tool elsewhere must know its secrets, or they would be told to whomever one likes."""
        if is_demo and self._secrets:
            self.add_error("secret_lines", _("The sandbox needs none."))
        keeps = self._had_secrets and not self._secrets and not cleaned.get("forget_secrets")
        if not keeps:
            return
        if cleaned["hosts"] != self._hosts_before or (tool.address.scheme != "https"):
            words = _("The secrets were given for %(hosts)s: type them once more, or let them be forgotten.")
            self.add_error("secret_lines", words % {"hosts": self._hosts_before})

    @property
    def _hosts_before(self) -> str:
        return str(self.initial.get("hosts", ""))


@admin.register(HttpTool)
class HttpToolRecord(Audited):
    """What came with the program asks the sandbox until somebody leads it elsewhere."""

    form = HttpToolForm
    change_form_template = "admin/conversations/httptool/form.html"
    list_display = ("name", "shown_label", "server", "approval", "groups", "is_offered", "is_default", "is_changed")
    list_filter = ("is_offered", "approval", "method")
    search_fields = ("name", "label", "url")
    ordering = ("position", "name")
    shown_fields = (
        *("name", "label", "explains", "description", "parameters", "preview"),
        *("method", "url", "body", "hosts", "kept_secrets", "secret_lines", "forget_secrets"),
        *(
            "seconds",
            "most_kilobytes",
            "most_characters",
            "approval",
            "group_names",
            "is_offered",
            "is_default",
            "position",
        ),
    )
    drawn = ("preview", "kept_secrets")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = tuple(self.get_fields(request, obj))
        groups = (
            (_("What people see"), ("name", "label", "explains")),
            (_("What the model is told"), ("description", "parameters", "preview")),
            (_("What is asked, and where"), ("method", "url", "body", "hosts")),
            (_("What only its server sees"), ("kept_secrets", "secret_lines", "forget_secrets")),
            (_("How much, and how long"), ("seconds", "most_kilobytes", "most_characters")),
            (_("Who, and when"), ("is_offered", "is_default", "group_names", "approval", "position")),
            (None, ("reason", "seen")),
        )
        shown = [(title, tuple(name for name in names if name in fields)) for title, names in groups]
        return [(title, {"fields": names}) for title, names in shown if names]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = set() if self._may_change(request, obj) else {"secret_lines", "forget_secrets"}
        if obj is None:
            hidden |= {"preview", "kept_secrets"}
        if obj is None or not obj.secrets:
            hidden |= {"forget_secrets", "kept_secrets"}
        return [name for name in super().get_fields(request, obj) if name not in hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *self.drawn]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.trial)
        return [path("<path:object_id>/try/", view, name="conversations_httptool_try"), *super().get_urls()]

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        form.keep_secrets()
        super().save_model(request, obj, form, change)
        standing.refresh()

    def facts_of(self, obj: Any) -> dict[str, Any]:
        return {**super().facts_of(obj), "secrets": obj.secret_names}

    @admin.display(description=gettext_lazy("name for people"), ordering="label")
    def shown_label(self, row: HttpTool) -> str:
        return str(http.words(row, row.label))

    @admin.display(description=gettext_lazy("server"))
    def server(self, row: HttpTool) -> str:
        return _("the sandbox") if http.is_demo(row) else row.hosts

    @admin.display(description=gettext_lazy("who may use it"))
    def groups(self, row: HttpTool) -> str:
        return ", ".join(str(ROLES.get(name, name)) for name in row.group_names) or _("everybody")

    @admin.display(description=gettext_lazy("changed here"), boolean=True)
    def is_changed(self, row: HttpTool) -> bool:
        return row.shipped_version is None or bool(row.overridden_fields)

    @admin.display(description=gettext_lazy("As a form"))
    def preview(self, row: HttpTool) -> str:
        fields = [(field, WORDS_OF_KINDS[field.kind]) for field in fields_of(row.parameters)]
        return render_to_string("admin/conversations/httptool/preview.html", {"fields": fields})

    @admin.display(description=gettext_lazy("Kept secrets"))
    def kept_secrets(self, row: HttpTool) -> str:
        return format_html("<code>{}</code>", row.secret_names)

    def trial(self, request: Any, object_id: str) -> HttpResponse:
        """Call it once with arguments of one's own, as a model would; who did so is on record."""
        row = self._found(object_id)
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        form = TrialForm(row.parameters, request.POST if request.method == "POST" else None)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "object": row, "form": form}
        if form.is_valid():
            context["trial"] = tried(request.user, row, form.arguments)
        response = TemplateResponse(request, "admin/conversations/httptool/try.html", context)
        add_never_cache_headers(response)
        return response
