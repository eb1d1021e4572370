"""The one-time page on which the first person makes the administrator account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from conversations import first_run, upstream

from .account_forms import AccountForm
from .answers import see_other
from .joining import BACKEND


@require_http_methods(["GET", "HEAD", "POST"])
def first_account(request: HttpRequest, token: str) -> HttpResponse:
    """Open exactly once: afterwards it leads to where one signs in, also whoever pressed the button twice."""
    if first_run.is_over():
        return see_other(reverse("account_login"))
    if not first_run.is_open(token):
        raise Http404
    form = AccountForm(request.POST if request.method == "POST" else None)
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
        return see_other(reverse("account_login"))
    login(request, person, backend=BACKEND)
    return see_other(f"{reverse('connect')}?first")
