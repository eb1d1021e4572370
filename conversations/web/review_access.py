"""Who comes to the reviewer's desk, and how it answers when an act is refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations import moderation
from conversations.models import ReviewCase

from .answers import MemberRequest, command, refused

P = ParamSpec("P")
RIGHT = "conversations.review"


def reviewers(view: Callable[Concatenate[MemberRequest, P], HttpResponse]) -> Any:
    """A page or command of the desk as a whole; members are told that it is not for them."""

    @wraps(view)
    def answer(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return command(answer)


def of_case(view: Callable[Concatenate[MemberRequest, ReviewCase, P], HttpResponse]) -> Any:
    """A page or command about one case: for others than reviewers there is no such case."""

    @wraps(view)
    def answer(request: MemberRequest, /, code: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        case = ReviewCase.objects.filter(code=code).first() if request.user.has_perm(RIGHT) else None
        if case is not None:
            return view(request, case, *args, **kwargs)
        if request.method == "POST":  # a role may end in mid-case: what was typed is not lost with it
            return refused(request, HTTPStatus.NOT_FOUND, _("There is no such case for you. Nothing was decided."))
        raise Http404

    return command(answer)


def words_of(error: moderation.ReviewError) -> str:
    """Why an act was refused, and what is safe."""
    if isinstance(error, moderation.Taken):
        return _taken(error)
    return str(REFUSALS[type(error)]())


def _taken(error: moderation.Taken) -> str:
    name = moderation.name_of(error.by) or _("Somebody else")
    if error.until is None:
        return _("%(name)s is at this case. What you typed is kept here.") % {"name": name}
    until = f"{timezone.localtime(error.until):%H:%M}"
    return _("%(name)s has had this case since your claim ended, until %(until)s. What you typed is kept here.") % {
        "name": name,
        "until": until,
    }


REFUSALS: dict[type[moderation.ReviewError], Callable[[], str]] = {
    moderation.NotAReviewer: lambda: _("You may not review any more. Nothing was decided."),
    moderation.OwnCase: lambda: _("This is about your own conversation. Another reviewer decides."),
    moderation.Decided: lambda: _("It was decided in the meantime. What you typed is kept here."),
    moderation.NotYours: lambda: _("Your claim has ended. What you typed is kept here."),
    moderation.SamePerson: lambda: _("You proposed this release. Somebody else has to agree."),
    moderation.TooLate: lambda: _("It was announced already and cannot be taken back. It can be opened again."),
    moderation.NoSuchReason: lambda: _("Choose one of the reasons."),
}
