"""What is in the box of a conversation, kept for all pages of its person: values for scripts, nothing to draw."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from conversations.models import Draft
from conversations.turns import drafts
from conversations.turns.drafts import Overtaken

from .answers import MemberRequest, command
from .forms import DraftForm


@require_http_methods(["GET", "HEAD", "POST"])
@command
def draft(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Keep what is typed, or tell what is kept. A page that was overtaken by another is told the other's text."""
    if request.method != "POST":
        return told(drafts.find(request.user, code))
    form = DraftForm(request.POST)
    if not form.is_valid():
        too_long = form.has_error("text", "too_long")
        return JsonResponse({}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_long else HTTPStatus.BAD_REQUEST)
    try:
        return JsonResponse({"version": drafts.save(request.user, code, form.typed)})
    except Overtaken as overtaken:
        return told(overtaken.draft, HTTPStatus.CONFLICT)


def told(found: Draft | None, status: HTTPStatus = HTTPStatus.OK) -> JsonResponse:
    version, text = (found.version, found.text) if found else (0, "")
    return JsonResponse({"version": version, "text": text}, status=status)
