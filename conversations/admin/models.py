"""GLM's models: what they can do, cost and follow, which are offered, and what the server in use says of itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import catalogue, families, upstream
from conversations.families import Way
from conversations.glm import GlmError
from conversations.model_words import facts
from conversations.models import AuditEntry, CatalogueModel

from .audited import Audited, AuditedForm

HINTS = {
    "context_tokens": gettext_lazy("Empty: nobody knows, and conversations are not shortened for it."),
    "output_tokens": gettext_lazy("Empty: nobody knows."),
    "image_count": gettext_lazy("0: it sees none. Empty: nobody knows, and none are offered."),
    "thinking": gettext_lazy("Empty: nobody knows, and no switch is shown."),
    "efforts": gettext_lazy("Words with a blank between, such as: low high max"),
    "tools": gettext_lazy("Empty: nobody knows, and none are offered."),
    "ways": gettext_lazy("Of: stream whole later"),
    "prices": gettext_lazy("A list, as the shipped models have it. Only shown: nothing is refused by it."),
    "successor": gettext_lazy("The name of the model that answers when this one is gone."),
    "hosts": gettext_lazy("Such as: bigmodel.cn api.z.ai. Empty: whatever server is in use."),
    "position": gettext_lazy("Smaller stands first; those that come with the program stand at 10, 20, 30 and so on."),
    "is_default": gettext_lazy("For new conversations; the setting CHATSITE_DEFAULT_MODEL goes before it."),
    "is_offered": gettext_lazy("In the list that people choose from; the setting CHATSITE_MODELS goes before it."),
}


class ModelForm(AuditedForm):
    """A model; whatever is left empty is unknown, and the site then assumes as little as it can."""

    class Meta:
        model = CatalogueModel
        fields = "__all__"
        help_texts = HINTS

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip()

    def clean_prices(self) -> list[Any]:
        prices = self.cleaned_data["prices"] or []
        try:
            for each in prices:
                families.price_of(each)
        except (ValueError, TypeError, ArithmeticError, AttributeError):
            words = _("This is not a list of prices. One price: %(example)s")
            example = '{"currency": "CNY", "input": "2", "output": "8"}'
            raise forms.ValidationError(words, params={"example": example}) from None
        return list(prices)

    def clean_ways(self) -> str:
        return self._words("ways", set(Way))

    def clean_efforts(self) -> str:
        return self._words("efforts")

    def clean_hosts(self) -> str:
        return self._words("hosts")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("is_default") and not cleaned.get("is_offered"):
            self.add_error("is_default", _("Only a model that is offered can be the default."))
        if cleaned.get("successor") and cleaned["successor"] == cleaned.get("name", self.instance.name):
            self.add_error("successor", _("A model cannot follow itself."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """The one default makes way for the new one when that is saved."""
        return {*super()._get_validation_exclusions(), "is_default"}  # type: ignore[misc]

    def _words(self, name: str, known: set[Any] | None = None) -> str:
        words = str(self.cleaned_data[name]).split()
        if known is not None and (strange := [word for word in words if word not in known]):
            raise forms.ValidationError(_("Not known: %(words)s"), params={"words": ", ".join(strange)})
        return " ".join(words)


@admin.register(CatalogueModel)
class ModelRecord(Audited):
    """The catalogue. What came with the program stays, and is hidden or changed; a new version brings new facts, but
    not where something was changed here."""

    form = ModelForm
    change_list_template = "admin/conversations/cataloguemodel/list.html"
    shown_fields = (
        *("name", "is_offered", "is_default", "position", "family", "kind"),
        *("context_tokens", "output_tokens", "image_count", "takes_base64", "takes_video", "takes_files"),
        *("takes_audio", "thinking", "efforts", "keeps_reasoning", "tools", "streams_tools", "writes_json"),
        *("counts_tokens", "meta", "ways", "default_temperature", "default_top_p", "default_max_tokens"),
        *("prices", "status", "retires_on", "successor", "hosts", "concurrency", "source"),
    )
    list_display = ("name", "line", "successor", "is_offered", "is_default", "position", "is_changed")
    list_filter = ("is_offered", "status", "kind", "family")
    search_fields = ("name", "family")
    ordering = ("position", "name")
    list_per_page = 100

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.server)
        return [path("server/", view, name="conversations_server"), *super().get_urls()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"name": request.GET.get("name", "")}

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        if obj.is_default:
            CatalogueModel.objects.filter(is_default=True).exclude(pk=obj.pk).update(is_default=False)
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("in a line"))
    def line(self, row: CatalogueModel) -> str:
        try:
            return facts(row.entry)
        except (ValueError, TypeError, ArithmeticError):
            return _("cannot be understood, so nothing is assumed of it")

    @admin.display(description=gettext_lazy("changed here"), boolean=True)
    def is_changed(self, row: CatalogueModel) -> bool:
        return row.shipped_version is None or bool(row.overridden_fields)

    def server(self, request: Any) -> HttpResponse:
        """Whether the key works, and what the server lists: a hint, which changes nothing."""
        if not request.user.has_perm("conversations.change_cataloguemodel"):
            raise PermissionDenied
        reached = upstream.current()
        context = {**self.admin_site.each_context(request), "opts": self.opts, "reached": reached}
        if request.method == "POST":
            context |= self._asked(request, reached)
        response = TemplateResponse(request, "admin/conversations/cataloguemodel/server.html", context)
        add_never_cache_headers(response)
        return response

    def _asked(self, request: Any, reached: upstream.Upstream) -> dict[str, Any]:
        try:
            listed: tuple[str, ...] = upstream.ask_models(reached)
            told = {"is_asked": True, **_compared(listed)}
        except (GlmError, ImproperlyConfigured) as error:
            listed, told = (), {"is_asked": True, "error": error}
        after = {"works": "error" not in told, "models": len(listed)}
        AuditEntry.write(request.user, "key.tested", reached.name, after=after)
        return told


def _compared(listed: tuple[str, ...]) -> dict[str, Any]:
    """What the server lists beside what the site knows and offers."""
    known, offered = catalogue.refresh().entries, upstream.offered_models()
    return {
        "listed": listed,
        "unknown": [name for name in listed if not upstream.entry(name).is_known],
        "hidden": [name for name in listed if name in known and name not in offered],
        "unlisted": [name for name in offered if name not in listed],
    }
