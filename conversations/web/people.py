"""The administrators' pages about people: who is here, in which role, who is invited, and the way back in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import accounts, clock
from conversations.models import AuditEntry, Invitation, User
from conversations.models.invitation import VALID_FOR

from .account_forms import DeletionForm, InvitationForm, ReasonForm, RolesForm
from .answers import MemberRequest, command, see_other
from .forms import words_of

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[Concatenate[MemberRequest, P], HttpResponse]

PER_PAGE = 50
REMEMBERED = 20


def administrators(view: View[P]) -> Any:
    """A page or command for those who administer the site; members are told that they may not."""

    @wraps(view)
    def answer(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.has_perm("conversations.administer"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return command(answer)


@require_safe
@administrators
def people(request: MemberRequest) -> HttpResponse:
    """Everybody, by name, and the invitations that are open."""
    sought = request.GET.get("q", "").strip()
    found = User.objects.filter(Q(username__icontains=sought) | Q(email__icontains=sought), erased_at=None)
    rows = found.prefetch_related("groups").order_by(Lower("username"), "pk")
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "sought": sought,
        "invitations": _with_names(_open_invitations(), "made_by"),
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def invite(request: MemberRequest) -> HttpResponse:
    """Make an invitation; its link is on the page that answers, and nowhere else."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return render(request, "people/invite.html", {"form": form}, status=status)
    token = accounts.invite(request.user, form.cleaned_data["role"], form.cleaned_data["email"])
    return _link(request, reverse("invitation", args=[token]), role=form.cleaned_data["role"])


@require_POST
@administrators
def withdraw(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Take an invitation back; one that was accepted meanwhile stays accepted."""
    invitation = Invitation.objects.filter(code=code).first()
    if invitation is None:
        raise Http404
    done = accounts.withdraw(request.user, invitation)
    messages.info(request, _("The invitation is taken back.") if done else _("It was not open any more."))
    return see_other(reverse("people"))


@require_safe
@administrators
def person(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    return _person(request, _found(code))


@require_POST
@administrators
def change_roles(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    form = RolesForm(request.POST)
    return _change(request, code, form, lambda whom, data: accounts.change_roles(request.user, whom, **data))


@require_POST
@administrators
def close(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Shut somebody out."""
    return _change(
        request, code, ReasonForm(request.POST), lambda whom, data: accounts.close(request.user, whom, **data)
    )


@require_POST
@administrators
def reopen(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Let somebody in again."""
    form = ReasonForm(request.POST)
    return _change(request, code, form, lambda whom, data: accounts.reopen(request.user, whom, **data))


@require_POST
@administrators
def delete(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Delete somebody's account and all that they wrote; there is no page of them afterwards."""
    form = DeletionForm(_found(code), request.POST)
    return _change(request, code, form, lambda whom, data: accounts.delete(request.user, whom, data["reason"]))


@require_POST
@administrators
def reset(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Make a link to a new password; it is on the page that answers, and nowhere else."""
    whom = _found(code)
    if not whom.is_active:
        return _person(request, whom, HTTPStatus.CONFLICT, error=_("The account is closed. Open it again first."))
    return _link(request, reverse("reset", args=[accounts.issue_reset(request.user, whom)]), person=whom)


def _change(
    request: MemberRequest, code: uuid.UUID, form: ReasonForm, change: Callable[[User, dict[str, Any]], bool]
) -> HttpResponse:
    whom = _found(code)
    if not form.is_valid():
        return _person(request, whom, HTTPStatus.UNPROCESSABLE_ENTITY, error=" ".join(words_of(form)))
    try:
        is_done = change(whom, form.cleaned_data)
    except accounts.OwnAccount:
        words = _("You cannot change your own rights. Another administrator can.")
        return _person(request, whom, HTTPStatus.CONFLICT, error=words)
    except accounts.LastAdministrator:
        words = _("Nobody else administers this site, so this account has to stay as it is.")
        return _person(request, whom, HTTPStatus.CONFLICT, error=words)
    messages.info(request, _("Done.") if is_done else _("It was like that already."))
    is_here = User.objects.filter(code=code, erased_at=None).exists()
    return see_other(reverse("person", args=[code]) if is_here else reverse("people"))


def _found(code: uuid.UUID) -> User:
    found = User.objects.prefetch_related("groups").filter(code=code, erased_at=None).first()
    if found is None:
        raise Http404
    return found


def _person(request: MemberRequest, whom: User, status: HTTPStatus = HTTPStatus.OK, error: str = "") -> HttpResponse:
    entries = AuditEntry.objects.filter(object_code=str(whom.code)).order_by("-pk")[:REMEMBERED]
    context = {
        "person": whom,
        "roles": accounts.roles_of(whom),
        "is_self": whom.pk == request.user.pk,
        "reason": request.POST.get("reason", ""),
        "error": error,
        "entries": with_actors(entries),
    }
    return render(request, "people/person.html", context, status=status)


def with_actors(entries: Iterable[AuditEntry]) -> list[tuple[AuditEntry, str]]:
    """Entries of the record, each with the name of who did that."""
    return _with_names(entries, "actor_code")


def _with_names(rows: Iterable[R], field: str) -> list[tuple[R, str]]:
    found = list(rows)
    names = accounts.names_of(getattr(each, field) for each in found)
    return [(each, names.get(getattr(each, field), "")) for each in found]


def _open_invitations() -> Any:
    return Invitation.objects.usable().order_by("-pk")


def _link(request: MemberRequest, address: str, **context: Any) -> HttpResponse:
    context |= {"link": request.build_absolute_uri(address), "expires_at": clock.now() + VALID_FOR}
    return render(request, "people/link.html", context)
