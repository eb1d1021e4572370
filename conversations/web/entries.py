"""The list of conversations, and what a person does with an entry of it."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from conversations import background, broadcast, clock
from conversations.models import Conversation, User
from conversations.turns.start import owned
from conversations.turns.stop import stop as stop_turn

from .answers import MemberRequest, command, done, is_scripted, page, refused, see_other
from .forms import TitleForm

LISTED = 50
PER_PAGE = 200


def listed(person: User) -> list[Conversation]:
    """The newest conversations; one more than the sidebar shows when there are more."""
    return list(Conversation.objects.of(person).listed()[: LISTED + 1])


@require_safe
@page
def all_entries(request: MemberRequest) -> HttpResponse:
    pages = Paginator(Conversation.objects.of(request.user).listed(), PER_PAGE)
    context = {"page": pages.get_page(request.GET.get("page")), "conversations": listed(request.user)}
    return render(request, "chat/conversations.html", context)


@require_POST
@command
def rename(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    form = TitleForm(request.POST)
    conversation = owned(request.user, code)
    if not form.is_valid():
        words = " ".join(str(error) for error in form.errors["title"])
        return refused(request, HTTPStatus.UNPROCESSABLE_ENTITY, words)
    with transaction.atomic():
        conversation.next_revision()
        _change(conversation, title=form.cleaned_data["title"], title_is_own=True)
        broadcast.conversation_moved(conversation)
    return done(request, code)


@require_POST
@command
def delete(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Take a conversation out of sight; a reply that is being written ends. It can be undone."""
    conversation = owned(request.user, code)
    live = conversation.turns.live().first()
    if live is not None:
        background.stop_turn(stop_turn(request.user, code, live.code).pk)
    with transaction.atomic():
        conversation.next_revision()
        _change(conversation, deleted_at=clock.now())
        broadcast.conversation_moved(conversation)
    return _to(request, f"{reverse('new')}?deleted={code}")


@require_POST
@command
def restore(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Undo a deletion; doing so twice changes nothing."""
    conversation = Conversation.objects.filter(owner=request.user, code=code).first()
    if conversation is None:
        raise Http404
    if conversation.deleted_at is not None:
        with transaction.atomic():
            conversation.next_revision()
            _change(conversation, deleted_at=None)
    return _to(request, reverse("conversation", args=[code]))


def _to(request: MemberRequest, address: str) -> HttpResponse:
    """Another page, also for a script."""
    return HttpResponse(headers={"HX-Redirect": address}) if is_scripted(request) else see_other(address)


def _change(conversation: Conversation, **changes: object) -> None:
    """Write `changes` and tell the person's list, inside the caller's transaction."""
    listed_revision = conversation.owner.next_revision()
    Conversation.objects.filter(pk=conversation.pk).update(listed_revision=listed_revision, **changes)
    broadcast.list_moved(conversation.owner, listed_revision)
