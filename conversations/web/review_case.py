"""The page of a case: what is known of it, its text once somebody asks for it, and who is at it."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from conversations import moderation
from conversations.models import Message, ReasonUse, ReviewCase
from conversations.moderation import ReviewError, Stand, Standing, Surroundings

from .answers import MemberRequest, is_scripted, see_other
from .review import desk
from .review_access import of_case, words_of
from .review_forms import FlagForm, NoteForm


@require_safe
@of_case
def case_page(request: MemberRequest, case: ReviewCase) -> HttpResponse:
    """A look at the facts, which is written down. Whoever is at the case stays at it for longer."""
    if not moderation.may_look(case, request.user):
        return own(request, case)
    if request.method == "GET" and not request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        moderation.look(case, request.user)
        stay(request, case)
    return draw(request, case)


@require_POST
@of_case
def show(request: MemberRequest, case: ReviewCase) -> HttpResponse:
    """The text and the turns around it, which is written down; whoever reads an open case is at it."""
    if not moderation.may_look(case, request.user):
        return own(request, case)
    if moderation.standing(case, request.user).stand in (Stand.OPEN, Stand.MINE):
        stay(request, case, takes=True)
    if is_scripted(request):
        return draw_text(request, case, moderation.show_text(case, request.user))
    return draw(request, case, shows=True, typed=request.POST)


@require_POST
@of_case
def claim(request: MemberRequest, case: ReviewCase) -> HttpResponse:
    """Take the case, or keep it for longer; what is typed already stays."""
    try:
        moderation.claim(case, request.user)
    except ReviewError as error:
        return refused(request, case, error)
    if request.POST.get("text") or request.POST.get("verdict"):
        return draw(request, case, shows=bool(request.POST.get("shown")), typed=request.POST)
    return see_other(reverse("review_case", args=[case.code]))


@require_POST
@of_case
def touch(request: MemberRequest, case: ReviewCase) -> HttpResponse:
    """The reviewer is still at it: until when the claim goes on."""
    try:
        moderation.touch(case, request.user)
    except ReviewError:
        return HttpResponse(status=HTTPStatus.CONFLICT)
    case.refresh_from_db()
    return JsonResponse({"until": case.claimed_until})


@require_POST
@of_case
def give_back(request: MemberRequest, case: ReviewCase) -> HttpResponse:
    try:
        moderation.give_back(case, request.user)
    except ReviewError as error:
        return refused(request, case, error)
    messages.info(request, _("C-%(number)s is open for others again.") % {"number": case.pk})
    return see_other(reverse("review"))


@require_POST
@of_case
def send_back(request: MemberRequest, case: ReviewCase) -> HttpResponse:
    """Not agree to a proposal, or take one's own back: the case is with whoever proposed it."""
    form = NoteForm(request.POST)
    is_own = case.proposed_by == request.user.code
    try:
        moderation.send_back(case, request.user, form.cleaned_data["text"] if form.is_valid() else "")
    except ReviewError as error:
        return refused(request, case, error)
    return see_other(reverse("review_case", args=[case.code]) if is_own else reverse("review"))


@require_POST
@of_case
def reopen(request: MemberRequest, case: ReviewCase) -> HttpResponse:
    """Look again at what was decided."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        words = _("Say why: the record keeps it.")
        return draw(request, case, status=HTTPStatus.UNPROCESSABLE_ENTITY, reopening=words, typed=request.POST)
    if not moderation.may_look(case, request.user):
        return own(request, case)
    try:
        moderation.reopen(case, request.user, form.cleaned_data["text"])
    except ReviewError as error:
        return refused(request, case, error)
    return see_other(reverse("review_case", args=[case.code]))


@require_POST
@of_case
def flag(request: MemberRequest, case: ReviewCase, message: uuid.UUID) -> HttpResponse:
    """Have another message of the same conversation looked at as well."""
    if not moderation.may_look(case, request.user):
        return own(request, case)
    rows = Message.objects.select_related("conversation__owner")
    found = rows.filter(code=message, conversation__code=case.conversation_code).exclude(code=case.message_code).first()
    if found is None:
        raise Http404
    form = FlagForm(request.POST)
    if form.is_valid():
        moderation.raise_flag(found, request.user, form.cleaned_data["text"], form.cleaned_data["level"])
        messages.info(request, _("It has a case of its own now."))
    else:
        messages.error(request, _("Say why: the record keeps it."))
    return see_other(reverse("review_case", args=[case.code]))


def draw(
    request: MemberRequest,
    case: ReviewCase,
    *,
    shows: bool = False,
    text: Surroundings | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    typed: Any = None,
    **more: Any,
) -> HttpResponse:
    """The page; `typed` is what the form of the verdict holds already, `shows` asks for the text where it is not at
    hand."""
    if shows and text is None:
        text = moderation.show_text(case, request.user)
    case.refresh_from_db()
    around = desk(request, case=case)
    standing = around["standing"]
    context = {
        "case": case,
        "file": moderation.case_file(case, request.user),
        **_read(request, case, text),
        "typed": typed or _proposed(case, standing),
        "shows_form": standing.may_decide or bool(typed and "verdict" in typed),
        "alike": moderation.alike(case, request.user),
        "reasons": {use.value: moderation.offered_reasons(use) for use in (ReasonUse.RELEASE, ReasonUse.UPHOLD)},
        **around,
        **more,
    }
    return render(request, "review/case.html", context, status=status)


def draw_text(request: MemberRequest, case: ReviewCase, text: Surroundings) -> HttpResponse:
    """The text alone, for a page that has all else."""
    return render(request, "review/_turns.html", {"case": case, **_read(request, case, text)})


def _read(request: MemberRequest, case: ReviewCase, text: Surroundings | None) -> dict[str, Any]:
    """The text, and which of its pictures are in focus."""
    seen = moderation.pictures_seen(case, request.user) if text is not None else set()
    hidden = [each for each in text.pictures if each.code not in seen] if text is not None else []
    return {"text": text, "in_focus": seen, "hidden_count": len(hidden)}


def refused(request: MemberRequest, case: ReviewCase, error: ReviewError) -> HttpResponse:
    """Why it was not done; the form of the verdict is as it was."""
    if isinstance(error, moderation.OwnCase):
        return own(request, case)
    shows = bool(request.POST.get("shown"))
    return draw(request, case, shows=shows, status=HTTPStatus.CONFLICT, typed=request.POST, error=words_of(error))


def own(request: MemberRequest, case: ReviewCase) -> HttpResponse:
    """Nobody decides on their own conversation."""
    return render(request, "review/own.html", {"case": case}, status=HTTPStatus.FORBIDDEN)


def stay(request: MemberRequest, case: ReviewCase, *, takes: bool = False) -> None:
    """Whoever does something about a case stays at it for longer, or takes it. Somebody else may be first, and the
    page says so."""
    try:
        (moderation.claim if takes else moderation.touch)(case, request.user)
    except ReviewError:
        return


def _proposed(case: ReviewCase, standing: Standing) -> dict[str, str]:
    """A second person begins with the reason of the first."""
    return {"reason_release": case.reason_code} if standing.stand == Stand.TO_AGREE else {}
