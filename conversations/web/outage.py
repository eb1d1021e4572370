"""Answers while the database does not take what is asked: because it is full, too busy, or not there.

They need neither it nor the session, and say when it is worth asking again. A mistake of ours is none of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import loader
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FULL = ("disk is full", "disk i/o error", "no space left")
BUSY = ("locked", "too many clients", "remaining connection slots")
# SQLite gives mistakes of ours the same class, so there only these words count.
AWAY_ON_SQLITE = ("unable to open database file", "readonly database")


@dataclass(frozen=True, slots=True)
class Outage:
    """`again_after` in seconds; 0: somebody has to do something first. `page`: for who only wanted to look."""

    status: HTTPStatus
    words: Promise
    page: Promise
    again_after: int


IS_FULL = Outage(
    HTTPStatus.INSUFFICIENT_STORAGE,
    _("The disk of the server is full, so nothing was stored. An administrator has to make room."),
    _("The disk of the server is full. What was stored is safe; an administrator has to make room."),
    0,
)
IS_BUSY = Outage(
    HTTPStatus.SERVICE_UNAVAILABLE,
    _("The server is very busy, so nothing was stored. Please try again."),
    _("The server is very busy. What was stored is safe. Please try again in a moment."),
    2,
)
# Not "nothing was stored": an answer may have been lost on its way back. Whatever is sent again counts once.
IS_AWAY = Outage(
    HTTPStatus.SERVICE_UNAVAILABLE,
    _("The site cannot reach its database at the moment. What you wrote is kept; please send it again in a moment."),
    _("The site cannot reach its database at the moment. What was stored is safe. Please try again in a moment."),
    5,
)


def outage_of(error: BaseException | None) -> Outage | None:
    """What a person is told of an error; None when it is something else."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    said = str(error).lower()
    if any(words in said for words in FULL):
        return IS_FULL
    if any(words in said for words in BUSY):
        return IS_BUSY
    is_away = connection.vendor != "sqlite" or any(words in said for words in AWAY_ON_SQLITE)
    return IS_AWAY if is_away else None


def answer(request: HttpRequest, outage: Outage) -> HttpResponse:
    """A page, or for scripts only the words. Without context processors, which would ask the database who is here."""
    context = {
        "request": request,
        "csrf_token": get_token(request),
        "words": outage.page if _only_looks(request) else outage.words,
        "status": outage.status.value,
        "text": "" if _is_of_a_stranger(request) else request.POST.get("text", ""),
    }
    response = HttpResponse(loader.get_template(_template(request)).render(context), status=outage.status)
    add_never_cache_headers(response)
    if outage.again_after:
        response["Retry-After"] = str(outage.again_after)
    return response


def _template(request: HttpRequest) -> str:
    if request.headers.get("HX-Request"):
        return "chat/_failure.html"
    return "errors/away.html" if _only_looks(request) else "errors/refused.html"


def _only_looks(request: HttpRequest) -> bool:
    return request.method in ("GET", "HEAD")


def _is_of_a_stranger(request: HttpRequest) -> bool:
    """Whether a page of another site sent it: what came so early was not checked for that yet."""
    return request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
