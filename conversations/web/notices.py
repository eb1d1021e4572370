"""Notices on a page of their own, and what people do with them: open them, or put them away."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from conversations import notices
from conversations.models import Notice, NoticeKind

from .answers import MemberRequest, command, is_scripted, page, see_other
from .listing import drawn_by_socket, way_back

PER_PAGE = 50
ABOUT_CONVERSATIONS = (
    *(NoticeKind.NOT_SENT, NoticeKind.RELEASED, NoticeKind.UPHELD),
    *(NoticeKind.MESSAGE_DELETED, NoticeKind.CONVERSATION_DELETED),
)


@require_safe
@page
def all_notices(request: MemberRequest) -> HttpResponse:
    rows = Notice.objects.filter(person=request.user).newest()
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown.object_list = notices.with_names(list(shown.object_list))
    return render(request, "notices/notices.html", {"page": shown})


@require_POST
@command
def open_notice(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Read it and go where it leads."""
    address = _address(_read(request, code))
    return HttpResponse(headers={"HX-Redirect": address}) if is_scripted(request) else see_other(address)


@require_POST
@command
def dismiss(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    _read(request, code)
    return _stay(request)


@require_POST
@command
def dismiss_all(request: MemberRequest) -> HttpResponse:
    notices.read_all(request.user)
    return _stay(request)


def _read(request: MemberRequest, code: uuid.UUID) -> Notice:
    notice = notices.read(request.user, code)
    if notice is None:
        raise Http404
    return notice


def _address(notice: Notice) -> str:
    """Where a notice leads; most say all there is to say."""
    is_about_conversation = notice.kind in ABOUT_CONVERSATIONS or "conversation" in notice.data
    if is_about_conversation:
        message = notice.data.get("message")
        return reverse("conversation", args=[notice.data["conversation"]]) + (f"#message-{message}" if message else "")
    if notice.kind == NoticeKind.JOB_ENDED:
        return reverse("jobs")
    return reverse("notices")


def _stay(request: MemberRequest) -> HttpResponse:
    if is_scripted(request):
        return drawn_by_socket(request, twice_on="notices")
    return see_other(way_back(request, reverse("notices")))
