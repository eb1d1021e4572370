"""Ways in for people who are not signed in: an invitation, open sign-up, a link to a new password."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from conversations import accounts
from conversations.defaults import MEMBER
from conversations.models import AuditEntry, User

from .account_forms import AccountForm, PasswordForm
from .answers import see_other

BACKEND = "conversations.web.account.AccountBackend"

Make = Callable[[str, str], User | None]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The account that an invitation is for; whoever has one already is asked whether it is theirs."""
    found = accounts.invitation_of(token)
    if found is None:
        return _over(request)
    if request.user.is_authenticated:
        return _page(request, "account/signed_in_already.html")
    context = {"role": found.role, "host": accounts.name_of(found.made_by)}
    return _join(request, "account/invitation.html", partial(accounts.accept, token), **context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """An account for anybody, where the site is open to everybody."""
    if not settings.CHATSITE_OPEN_SIGNUP:
        raise Http404
    if request.user.is_authenticated:
        return see_other(reverse("new"))
    return _join(request, "account/sign_up.html", _signed_up)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """A new password by a link from an administrator."""
    person = accounts.person_of_reset(token)
    if person is None:
        return _over(request)
    form = PasswordForm(person, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not ratelimit.consume(request, action="signup"):
            return _too_often(request)
        if form.is_valid() and _is_set(form, token):
            messages.success(request, _("Your new password is set. Sign in with it."))
            return see_other(reverse("account_login"))
    return _page(request, "account/reset.html", _status(form), form=form, name=person.username)


def _signed_up(name: str, password: str) -> User:
    with transaction.atomic():
        person = accounts.add_person(name, password, MEMBER)
        AuditEntry.write(person, "person.signed_up", person.code)
    return person


def _join(request: HttpRequest, template: str, make: Make, **context: Any) -> HttpResponse:
    """A form for name and password, and whoever filled it in comes in by it."""
    form = AccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not ratelimit.consume(request, action="signup"):
            return _too_often(request)
        if form.is_valid():
            person = _made(form, make)
            if person is not None:
                login(request, person, backend=BACKEND)
                return see_other(reverse("new"))
            if not form.errors:
                return _over(request)
    return _page(request, template, _status(form), form=form, **context)


def _made(form: AccountForm, make: Make) -> User | None:
    """The person; None when the form now says what is wrong, or when somebody was quicker."""
    try:
        return make(form.cleaned_data["username"], form.cleaned_data["password"])
    except forms.ValidationError as error:  # the name was free a moment ago
        form.add_error(None, error.messages)
        return None


def _is_set(form: PasswordForm, token: str) -> bool:
    if accounts.set_password(token, form.cleaned_data["password"]) is None:
        form.add_error(None, _("This link does not work any more."))
        return False
    return True


def _status(form: forms.BaseForm) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _over(request: HttpRequest) -> HttpResponse:
    """The same for links that were used, taken back, are too old, or never were."""
    return _page(request, "account/link_over.html", HTTPStatus.NOT_FOUND)


def _too_often(request: HttpRequest) -> HttpResponse:
    return _page(request, "429.html", HTTPStatus.TOO_MANY_REQUESTS)


def _page(request: HttpRequest, template: str, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> HttpResponse:
    response = render(request, template, context, status=status)
    add_never_cache_headers(response)
    response["Cache-Control"] = "no-store"
    return response
