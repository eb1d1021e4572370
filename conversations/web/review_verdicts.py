"""Verdicts: one form, one POST, then the next case."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations import moderation
from conversations.models import ReviewCase
from conversations.moderation import ReviewError

from .answers import MemberRequest
from .review import go_on, told
from .review_access import of_case
from .review_case import draw, own, refused
from .review_forms import VerdictForm


@require_POST
@of_case
def verdict(request: MemberRequest, case: ReviewCase) -> HttpResponse:
    """Release or uphold, and on to the next case; what was typed stays when that is refused."""
    form = VerdictForm(request.POST)
    if not moderation.may_look(case, request.user):
        return own(request, case)
    if not form.is_valid():
        shows, status = bool(request.POST.get("shown")), HTTPStatus.UNPROCESSABLE_ENTITY
        return draw(request, case, shows=shows, status=status, typed=request.POST, errors=form.errors)
    try:
        words = _decide(request, case, form)
    except ReviewError as error:
        return refused(request, case, error)
    if words:
        messages.info(request, words)
    return go_on(request, but=case)


def _decide(request: MemberRequest, case: ReviewCase, form: VerdictForm) -> str:
    """What to tell about it beside the verdict itself, which can be taken back for a moment."""
    given = request.user, form.reason, form.cleaned_data["text"]
    if form.cleaned_data["alike"]:
        return told((moderation.release_alike if form.is_release else moderation.uphold_alike)(case, *given))
    if (moderation.release if form.is_release else moderation.uphold)(case, *given):
        return ""
    return _("C-%(number)s waits for a second person.") % {"number": case.pk}
