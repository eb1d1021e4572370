"""Signing in again where one is: nothing that was typed is lost, and what was asked for is done."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest) -> HttpResponse:
    """What the dialog of an open page shows: the form, or that it is not needed any more. `name`: whose page it is."""
    name = request.POST.get("login") or request.GET.get("name", "")
    form = attempt(request) if request.method == "POST" and not request.user.is_authenticated else None
    response = _welcome(request, name) if request.user.is_authenticated else _form(request, name, form)
    add_never_cache_headers(response)
    response["Cache-Control"] = "no-store"
    return response


def attempt(request: HttpRequest) -> LoginForm | None:
    """Sign in with the name and password that came with a request; None when none did. Afterwards `request.user` is
    the person, or the form says what was wrong."""
    if "password" not in request.POST:
        return None
    request.sensitive_post_parameters = ("password",)  # type: ignore[attr-defined]
    form = ThrottledForm(data=request.POST, request=request)
    if form.is_valid():
        form.login(request, redirect_url=reverse("new"))
        if not request.user.is_authenticated:
            form.add_error(None, _("This account needs a further step, for which there is the page for signing in."))
    return form


def status_of(form: LoginForm | None) -> HTTPStatus:
    """How a request is answered that is still nobody's."""
    is_throttled = form is not None and form.has_error("__all__", "too_many_login_attempts")
    return HTTPStatus.TOO_MANY_REQUESTS if is_throttled else HTTPStatus.UNAUTHORIZED


class ThrottledForm(LoginForm):  # type: ignore[misc]
    """Counts like the page for signing in, before anybody looks at the password."""

    def clean(self) -> Any:
        if not ratelimit.consume(self.request, action="login"):
            raise get_adapter().validation_error("too_many_login_attempts")
        return super().clean()


def _form(request: HttpRequest, name: str, form: LoginForm | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "name": name}
    status = status_of(form) if form is not None else HTTPStatus.OK
    return render(request, "account/_here.html", context, status=status)


def _welcome(request: HttpRequest, name: str) -> HttpResponse:
    """The page's person is signed in: it goes on with the token of the new session. Anybody else gets a page of
    their own."""
    is_same = request.user.get_username().casefold() == name.casefold()
    response = render(request, "account/_here.html", {"name": name, "is_other": not is_same, "is_in": is_same})
    if is_same:
        # The token of every form on the page has changed with the session.
        response["HX-Trigger"] = json.dumps({"chat:signed-in": {"token": get_token(request)}})
    return response
