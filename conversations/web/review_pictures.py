"""Pictures of a case, at an address of their own: out of focus for who reads the text, in focus once they were shown,
which is written down. Nobody stores them."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import cast

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from conversations import moderation, pictures
from conversations.models import Picture, ReviewCase

from . import media
from .answers import MemberRequest, is_scripted
from .forms import key_of
from .pictures import media_of
from .review_access import of_case
from .review_case import draw, draw_text, own, stay

ALL = "all"


@require_POST
@of_case
def show(request: MemberRequest, case: ReviewCase) -> HttpResponse:
    """One picture, or all of them, beside the text; whoever looks at one stays at the case."""
    if not moderation.may_look(case, request.user):
        return own(request, case)
    stay(request, case)
    code = key_of(request.POST.get("picture", ""))
    wanted = None if request.POST.get("picture") == ALL else {code} if code else set()
    text = moderation.show_pictures(case, request.user, wanted)
    if is_scripted(request):
        return draw_text(request, case, text)
    return draw(request, case, text=text, typed=request.POST)


@require_safe
@of_case
def picture(request: MemberRequest, case: ReviewCase, picture: uuid.UUID, size: str = "") -> HttpResponse:
    """The bytes of a picture that was shown to this reviewer."""
    found = _found(request, case, picture)
    response = media.send(request, media_of(found, is_small=bool(size)))
    response["Cache-Control"] = "no-store"
    return cast(HttpResponse, response)  # one that is sent in pieces is guarded and stored nowhere like all others


@require_safe
@of_case
def dim(request: MemberRequest, case: ReviewCase, picture: uuid.UUID) -> HttpResponse:
    """A few dots of colour in its place."""
    try:
        dots = pictures.out_of_focus(_found(request, case, picture, out_of_focus=True))
    except (pictures.PictureError, OSError):  # nobody reads it, or the storage does not answer
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    if dots is None:
        raise Http404
    return HttpResponse(dots.data, content_type=dots.media_type, headers={"X-Content-Type-Options": "nosniff"})


def _found(request: MemberRequest, case: ReviewCase, code: uuid.UUID, *, out_of_focus: bool = False) -> Picture:
    found = moderation.picture_of(case, request.user, code, out_of_focus=out_of_focus)
    if found is None:
        raise Http404
    return found
