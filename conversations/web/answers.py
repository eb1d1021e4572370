"""How commands answer: scripts get (almost) nothing to draw, everybody else a page."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import Error as DatabaseError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations import clock
from conversations.models import User
from conversations.moderation import Slowed
from conversations.turns.delegated import TooManyJobs
from conversations.turns.errors import Busy, Missing, Unfit

from . import outage, sign_in

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


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
    """A command of a signed-in person; whatever stops it is told in words, with the text that came kept. Who is
    signed out may sign in with it."""
    shown = page(view)

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST":
            return shown(request, *args, **kwargs)
        form = None if request.user.is_authenticated else sign_in.attempt(request)
        if not request.user.is_authenticated:
            return _never_stored(signed_out(request, form))
        return _never_stored(_guarded(view, request, *args, **kwargs))

    return answer


class NoModel(Exception):
    """The server that answers has not told its models, and none is set."""


def _guarded(view: Any, request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        return _patiently(view, request, *args, **kwargs)
    except Missing:
        raise Http404 from None
    except (Busy, Unfit, NoModel, Slowed, TooManyJobs) as refusal:
        return _not_done(request, refusal)
    except DatabaseError as error:
        found = outage.outage_of(error)
        if found is None:
            raise
        return outage.answer(request, found)


def _not_done(request: HttpRequest, refusal: Exception) -> HttpResponse:
    match refusal:
        case Slowed():
            return _slowed(request, refusal)
        case TooManyJobs():
            return refused(request, HTTPStatus.TOO_MANY_REQUESTS, _crowded(refusal))
        case NoModel():
            words = _(
                "The server that answers has not told its models yet, so nothing was sent. "
                "Please try again in a minute."
            )
            return refused(request, HTTPStatus.SERVICE_UNAVAILABLE, words)
        case Busy():
            return refused(request, HTTPStatus.CONFLICT, _("A reply is still being written here. Stop it, or wait."))
    return refused(request, HTTPStatus.CONFLICT, _("That is not possible with this message any more."))


def _patiently(view: Any, request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
    """One more try when another writer held the database for longer than its time-out."""
    try:
        return view(request, *args, **kwargs)  # type: ignore[no-any-return]
    except OperationalError as error:
        if "locked" not in str(error):
            raise
        for _name, files in request.FILES.lists():
            for file in files:
                file.seek(0)  # the first try may have read it
        return view(request, *args, **kwargs)  # type: ignore[no-any-return]


def _crowded(crowd: TooManyJobs) -> str:
    if crowd.of_person:
        words = ngettext(
            "You have %(most)s order in the background already. Nothing was sent: wait for it, or cancel it.",
            "You have %(most)s orders in the background already. Nothing was sent: wait for one, or cancel one.",
            crowd.most,
        )
        return words % {"most": crowd.most}
    return _("The queue for the background is full. Nothing was sent: try again later, or without the background.")


def _slowed(request: HttpRequest, slow: Slowed) -> HttpResponse:
    wait = max(1, math.ceil((slow.again_at - clock.now()).total_seconds()))
    words = ngettext(
        "After several withheld texts you can send only one message a while. Nothing was sent: "
        "try again in %(wait)s second.",
        "After several withheld texts you can send only one message a while. Nothing was sent: "
        "try again in %(wait)s seconds.",
        wait,
    )
    response = refused(request, HTTPStatus.TOO_MANY_REQUESTS, words % {"wait": wait})
    response["Retry-After"] = str(wait)
    return response


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


def signed_out(request: HttpRequest, form: Any = None) -> HttpResponse:
    """Nothing was done; a page without script can sign in and do it in one step."""
    if is_scripted(request):
        return render(request, "chat/_signed_out.html", status=HTTPStatus.UNAUTHORIZED)
    context = {"text": sent_text(request), "form": form, "name": request.POST.get("login", "")}
    return render(request, "errors/signed_out.html", context, status=sign_in.status_of(form))


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
