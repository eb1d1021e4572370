"""The list of conversations: the page of all, what is loaded behind the newest, and whether it is out of the way."""

from __future__ import annotations

import uuid
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from conversations import listing
from conversations.listing import FOLDED, Page, Place
from conversations.models import Conversation

from .answers import MemberRequest, command, is_scripted, page, see_other
from .forms import key_of

PER_PAGE = 100
REMEMBERED = timedelta(days=365)


@require_safe
@page
def all_entries(request: MemberRequest) -> HttpResponse:
    """All conversations, page by page; a script asks for what stands behind the entries of its sidebar."""
    before = Place.read(request.GET.get("before", ""))
    if before is not None and is_scripted(request):
        older = listing.page_behind(request.user.pk, before)
        fragment = {"list": older, "is_more": True, "current": open_conversation(request)}
        return render(request, "chat/_sidebar_days.html", fragment)
    context = {"shown": _shown(request, before), "deleted": just_deleted(request), "here": _here(request)}
    return render(request, "chat/conversations.html", context)


@require_POST
@command
def fold(request: MemberRequest) -> HttpResponse:
    """Put the list out of the way, or back; the browser remembers it."""
    response = HttpResponse(status=HTTPStatus.NO_CONTENT) if is_scripted(request) else see_other(way_back(request, "/"))
    if request.POST.get("folded"):
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(FOLDED, "folded", REMEMBERED, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(FOLDED, samesite="Lax")
    return response


def way_back(request: MemberRequest, otherwise: str) -> str:
    """The address of this site that a form came from, if it says so."""
    address = request.POST.get("next", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else otherwise


def open_conversation(request: MemberRequest) -> uuid.UUID | None:
    """The conversation on whose page a script asks."""
    match = _open_page(request)
    code = match.kwargs.get("code") if match else None
    return code if isinstance(code, uuid.UUID) else None


def is_open(request: MemberRequest, name: str) -> bool:
    """Whether a script asks on the page of that name."""
    match = _open_page(request)
    return match is not None and match.url_name == name


def drawn_by_socket(request: MemberRequest, twice_on: str) -> HttpResponse:
    """The answer to a script whose page hears of the change over its socket. The page called `twice_on` shows what
    changed in its own text as well: it is loaded anew."""
    return HttpResponse(headers={"HX-Refresh": "true"} if is_open(request, twice_on) else {})


def _open_page(request: MemberRequest) -> ResolverMatch | None:
    try:
        return resolve(urlsplit(request.headers.get("HX-Current-URL", "")).path)
    except Resolver404:
        return None


def just_deleted(request: MemberRequest) -> Conversation | None:
    """The conversation whose deletion led to this page: it can be undone here."""
    code = key_of(request.GET.get("deleted", ""))
    return Conversation.objects.filter(owner=request.user, code=code).exclude(deleted_at=None).first() if code else None


def _shown(request: MemberRequest, before: Place | None) -> Page:
    person = request.user
    if before is not None:
        return listing.page_behind(person.pk, before, PER_PAGE)
    if (after := Place.read(request.GET.get("after", ""))) is not None:
        newer = listing.page_before(person.pk, after, PER_PAGE)
        if newer.newer is not None:
            return newer
    return listing.first_page(person.pk, PER_PAGE)


def _here(request: MemberRequest) -> str:
    """This page without the notice that something was deleted."""
    query = request.GET.copy()
    query.pop("deleted", None)
    return f"{request.path}?{query.urlencode()}"
