"""The reviewer's desk: the queue, the next case, verdicts that can still be taken back, and the keys."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from conversations import moderation
from conversations.models import ReviewCase
from conversations.moderation import CaseRow, ReviewError

from .answers import MemberRequest, is_scripted, see_other
from .forms import key_of
from .review_access import reviewers, words_of
from .review_forms import QueueForm
from .review_keys import KEYS

PER_PAGE = 30
TRIES = 5


@require_safe
@reviewers
def queue(request: MemberRequest) -> HttpResponse:
    """What waits, or what was decided, a page at a time."""
    form = QueueForm(request.GET)
    after = ReviewCase.objects.filter(code=form.after_code).first() if form.after_code else None
    found = list(moderation.queue(request.user, form.wanted, after)[: PER_PAGE + 1])
    shown = moderation.rows_of(found[:PER_PAGE], request.user)
    context = {
        "form": form,
        "rows": shown,
        "is_further": after is not None,
        "first_page": _address(form),
        "next_page": _address(form, after=found[PER_PAGE - 1].code) if len(found) > PER_PAGE else "",
        "is_filtered": bool(form.chosen.keys() - {"show"}),
        "closed": moderation.closed_today(),
        **desk(request, rows=shown, newest=moderation.newest()),
    }
    return render(request, "review/queue.html", context)


@require_POST
@reviewers
def next_case(request: MemberRequest) -> HttpResponse:
    """Claim what is most urgent and go there."""
    return go_on(request, but=_case(request.POST.get("but", "")))


@require_POST
@reviewers
def undo(request: MemberRequest) -> HttpResponse:
    """Take back verdicts of one's own that are not announced yet."""
    codes = [code for code in map(key_of, request.POST.get("code", "").split()) if code]
    cases = list(ReviewCase.objects.filter(code__in=codes, decided_by=request.user.code).order_by("pk"))
    for case in cases:
        try:
            moderation.undo(case, request.user)
        except ReviewError as error:
            messages.error(request, f"C-{case.pk}: {words_of(error)}")
    last = cases[0] if len(cases) == 1 else None
    return see_other(reverse("review_case", args=[last.code]) if last else reverse("review"))


@require_safe
@reviewers
def keys(request: HttpRequest) -> HttpResponse:
    """The desk's keys, as a page of their own or for the dialog of a page."""
    template = "review/_keys.html" if is_scripted(request) else "review/keys.html"
    return render(request, template, {"groups": KEYS})


def go_on(request: MemberRequest, but: ReviewCase | None = None) -> HttpResponse:
    """To the next case, claimed; to the queue when nothing waits. Others may take a case in the same moment."""
    for _try in range(TRIES):
        case = moderation.next_case(request.user, but)
        if case is None:
            messages.info(request, _("Nothing else waits for you."))
            return see_other(reverse("review"))
        try:
            moderation.claim(case, request.user)
        except ReviewError:
            continue
        return see_other(reverse("review_case", args=[case.code]))
    return see_other(reverse("review"))


def desk(
    request: MemberRequest, *, rows: Sequence[CaseRow] = (), newest: int = -1, case: ReviewCase | None = None
) -> dict[str, Any]:
    """What stands on every page of the desk, and what its socket is to say that the page shows."""
    counters, fresh = moderation.counters(request.user), moderation.fresh_verdicts(request.user)
    about: dict[str, Any] = {}
    if case is not None:
        about = {
            "standing": moderation.standing(case, request.user),
            "beside": moderation.beside(case, request.user),
            "event_count": case.events.count(),
        }
    says = {
        "marks": moderation.versions(counters, fresh, **about) | {"desk-newer": ""},
        "rows": {str(row.case.code): row.version for row in rows},
        "newest": newest,
        "case": str(case.code) if case else "",
    }
    return {"counters": counters, "verdicts": fresh, "says": says, **about}


def told(outcomes: dict[ReviewCase, str]) -> str:
    """What became of cases that were decided together."""
    done = sum(outcome in ("decided", "proposed") for outcome in outcomes.values())
    words = ngettext("%(count)s case decided.", "%(count)s cases decided.", done) % {"count": done}
    left = len(outcomes) - done
    if not left:
        return words
    rest = ngettext("%(count)s was left as it is.", "%(count)s were left as they are.", left) % {"count": left}
    return f"{words} {rest}"


def _case(code: str) -> ReviewCase | None:
    found = key_of(code)
    return ReviewCase.objects.filter(code=found).first() if found else None


def _address(form: QueueForm, **more: uuid.UUID) -> str:
    query = urlencode({**form.chosen, **more})
    return reverse("review") + (f"?{query}" if query else "")
