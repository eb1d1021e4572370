"""What a person chooses for themselves. It holds from the next page on, in every tab."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations import upstream
from conversations.models import SendKey, Theme, User
from conversations.turns import gauge

from . import zones
from .answers import MemberRequest, command, see_other

# Each language by its own name, so that whoever cannot read the page finds theirs.
LANGUAGE_NAMES = {"en": "English", "zh-hans": "简体中文"}


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whatever is not sent, or cannot be, is refused as a whole: nobody ends up with half of what they chose."""

    summary_every = forms.TypedChoiceField(choices=gauge.EVERY, coerce=int)
    language = forms.ChoiceField(required=False, choices=[("", ""), *LANGUAGE_NAMES.items()])

    class Meta:
        model = User
        fields = ("theme", "language", "time_zone", "send_key", "default_model", "summary_every")

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name and name not in zones.names() and name != self.initial["time_zone"]:
            raise forms.ValidationError(_("There is no such time zone."))
        return name

    def clean_default_model(self) -> str:
        name: str = self.cleaned_data["default_model"]
        if name and name not in upstream.offered_models() and name != self.initial["default_model"]:
            raise forms.ValidationError(_("This model is not offered here."))
        return name


@require_http_methods(["GET", "HEAD", "POST"])
@command
def preferences(request: MemberRequest) -> HttpResponse:
    person = User.objects.get(pk=request.user.pk)  # the form writes into it, refused values too
    form = PreferencesForm(request.POST if request.method == "POST" else None, instance=person)
    if request.method != "POST":
        return _page(request, form, HTTPStatus.OK)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    person.save(update_fields=form.Meta.fields)
    with translation.override(person.language or translation.get_language_from_request(request)):
        messages.success(request, _("Saved."))
    return see_other(reverse("preferences"))


def preferred_model(person: User) -> str:
    """The model of a new conversation: the person's choice while it is offered."""
    return person.default_model if person.default_model in upstream.offered_models() else upstream.default_model()


def _page(request: MemberRequest, form: PreferencesForm, status: HTTPStatus) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "themes": Theme.choices,
        "send_keys": SendKey.choices,
        "every": gauge.EVERY,
        "languages": LANGUAGE_NAMES.items(),
        "zones": zones.choices(),
        "site_zone": settings.TIME_ZONE,
        "models": upstream.offered_models(),
        "site_model": upstream.default_model(),
    }
    return render(request, "preferences/preferences.html", context, status=status)
