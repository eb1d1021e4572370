"""The one-time page on which the first person makes the administrator account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model, login, password_validation
from django.contrib.auth.forms import UsernameField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from conversations import first_run, upstream

from .answers import see_other

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class FirstAccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name and a password."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html,
    )

    class Meta:
        model = get_user_model()
        fields = ("username",)
        field_classes = {"username": UsernameField}
        labels = {"username": _("Name")}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        password = self.cleaned_data.get("password")
        if not password:
            return
        try:
            password_validation.validate_password(password, self.instance)
        except forms.ValidationError as error:
            self.add_error("password", error)


@require_http_methods(["GET", "HEAD", "POST"])
def first_account(request: HttpRequest, token: str) -> HttpResponse:
    """Open exactly once: afterwards the link is as unknown as any other."""
    if not first_run.is_open(token):
        raise Http404
    form = FirstAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _made(request, token, form.cleaned_data)
    status = 422 if form.errors else 200
    context = {"form": form, "is_simulated": upstream.current().is_simulated}
    response = render(request, "setup/first_account.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _made(request: HttpRequest, token: str, data: dict[str, Any]) -> HttpResponse:
    person = first_run.create_administrator(token, data["username"], data["password"])
    if person is None:
        raise Http404
    login(request, person, backend=BACKEND)
    return see_other(reverse("new"))
