"""How commands answer: scripts get (almost) nothing to draw, everybody else a page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from conversations.models import User
from conversations.turns.start import Busy, Missing, Unfit

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

FULL = ("disk is full", "disk i/o error", "no space left")


class MemberRequest(HttpRequest):
    """A request of a signed-in person."""

    user: User


def page(view: Callable[Concatenate[MemberRequest, P], HttpResponse]) -> View[P]:
    """A page of a signed-in person; nobody stores it. Others are asked to sign in."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return _never_stored(_guarded(view, request, *args, **kwargs))

    return answer


def command(view: Callable[Concatenate[MemberRequest, P], HttpResponse]) -> View[P]:
    """A command of a signed-in person; whatever stops it is told in words, with the text that came kept."""
    shown = page(view)

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST":
            return shown(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return _never_stored(signed_out(request))
        return _never_stored(_guarded(view, request, *args, **kwargs))

    return answer


class NoModel(Exception):
    """The server that answers has not told its models, and none is set."""


def _guarded(view: Any, request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return _patiently(view, request, *args, **kwargs)
    except Missing:
        raise Http404 from None
    except Busy:
        return refused(request, HTTPStatus.CONFLICT, _("A reply is still being written here. Stop it, or wait."))
    except Unfit:
        return refused(request, HTTPStatus.CONFLICT, _("That is not possible with this message any more."))
    except NoModel:
        words = _(
            "The server that answers has not told its models yet, so nothing was sent. Please try again in a minute."
        )
        return refused(request, HTTPStatus.SERVICE_UNAVAILABLE, words)
    except OperationalError as error:
        return _database_refused(request, error)


def _patiently(view: Any, request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
    """One more try when another writer held the database for longer than its time-out."""
    try:
        return view(request, *args, **kwargs)  # type: ignore[no-any-return]
    except OperationalError as error:
        if "locked" not in str(error):
            raise
        return view(request, *args, **kwargs)  # type: ignore[no-any-return]


def _database_refused(request: HttpRequest, error: OperationalError) -> HttpResponse:
    if any(word in str(error).lower() for word in FULL):
        words = _("The disk of the server is full, so nothing was stored. An administrator has to make room.")
        return refused(request, HTTPStatus.INSUFFICIENT_STORAGE, words)
    if "locked" in str(error):
        words = _("The server is very busy, so nothing was stored. Please try again.")
        return refused(request, HTTPStatus.SERVICE_UNAVAILABLE, words)
    raise error


def done(request: HttpRequest, code: uuid.UUID, words: str = "") -> HttpResponse:
    """A command was carried out: the socket draws what came of it, or the page is loaded anew."""
    address = reverse("conversation", args=[code])
    if not is_scripted(request):
        if words:
            messages.info(request, words)
        return see_other(address)
    response = render(request, "chat/_told.html", {"words": words}) if words else HttpResponse()
    response["HX-Push-Url"] = address
    return response


def refused(request: HttpRequest, status: HTTPStatus, words: str) -> HttpResponse:
    """A command was not carried out; a page without script gets back the text that it sent."""
    template = "chat/_failure.html" if is_scripted(request) else "errors/refused.html"
    return render(request, template, {"words": words, "text": sent_text(request)}, status=status)


def signed_out(request: HttpRequest) -> HttpResponse:
    template = "chat/_signed_out.html" if is_scripted(request) else "errors/signed_out.html"
    context = {"text": sent_text(request), "next": reverse("new")}
    return render(request, template, context, status=HTTPStatus.UNAUTHORIZED)


def see_other(address: str) -> HttpResponse:
    """After a POST: look there, with GET."""
    response = HttpResponseRedirect(address)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def is_scripted(request: HttpRequest) -> bool:
    """Whether a script of the page asks, which keeps what was typed and draws nothing itself."""
    return bool(getattr(request, "htmx", False))


def sent_text(request: HttpRequest) -> str:
    return request.POST.get("text", "")


def _never_stored(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response["Cache-Control"] = "no-store"
    return response
