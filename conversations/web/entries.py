"""What a person does with an entry of the list of conversations: read, rename, delete, undo."""

from __future__ import annotations

import re
import uuid
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from conversations import background, broadcast, clock, notices
from conversations.models import Conversation, NoticeKind
from conversations.turns.access import owned
from conversations.turns.stop import stop as stop_turn

from .answers import MemberRequest, command, is_scripted, refused, see_other
from .forms import TitleForm
from .listing import drawn_by_socket, is_open, open_conversation, way_back

ALL = "conversations"  # the page that lists them all
NUMBER = re.compile("[0-9]{1,16}")


@require_http_methods(["GET", "HEAD", "POST"])
@command
def rename(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Give a conversation a name; the page of it serves those whose browser runs no scripts."""
    conversation = owned(request.user, code)
    if request.method != "POST":
        return _name(request, conversation, title=conversation.title)
    form = TitleForm(request.POST)
    if not form.is_valid():
        return _name_again(request, conversation, " ".join(map(str, form.errors["title"])))
    with transaction.atomic():
        conversation.next_revision()
        _change(conversation, title=form.cleaned_data["title"], title_is_own=True)
        broadcast.conversation_moved(conversation)
    return _renewed(request, conversation)


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
    if is_scripted(request) and open_conversation(request) != code and not is_open(request, ALL):
        return render(request, "chat/_toast.html", {"deleted": conversation})
    return _to(request, _told_at(request, code))


@require_POST
@command
def restore(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Undo a deletion; doing so twice changes nothing."""
    conversation = Conversation.objects.filter(owner=request.user, code=code, purge_at=None).first()
    if conversation is None:
        raise Http404
    if conversation.deleted_at is not None:
        with transaction.atomic():
            conversation.next_revision()
            # An administrator may have deleted it for good since it was looked for.
            if not Conversation.objects.filter(pk=conversation.pk, purge_at=None).exists():
                raise Http404
            _change(conversation, deleted_at=None, rises=True)
    return _renewed(request, conversation)


@require_POST
@command
def read(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """What the page shows at the revision that it names is in view."""
    said = NUMBER.fullmatch(request.POST.get("revision", ""))
    see(request, owned(request.user, code), int(said[0]) if said else 0)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def see(request: MemberRequest, conversation: Conversation, revision: int) -> None:
    """Count a conversation as read up to `revision`, if there is news among it; else nothing is written."""
    if not conversation.is_unread or not conversation.news_revision <= revision <= conversation.revision:
        return
    conversation.owner = request.user
    with transaction.atomic():
        rows = Conversation.objects.filter(pk=conversation.pk, read_revision__lt=revision)
        if rows.update(read_revision=revision):
            conversation.read_revision = revision
            for kind in (NoticeKind.NOT_SENT, NoticeKind.JOB_ENDED):
                notices.settle(request.user, kind, conversation=str(conversation.code))
            request.user.revision = _change(conversation)


def _name(request: MemberRequest, conversation: Conversation, **shown: Any) -> HttpResponse:
    status = shown.pop("status", HTTPStatus.OK)
    context = {"conversation": conversation, "next": request.POST.get("next") or request.GET.get("next", ""), **shown}
    return render(request, "chat/rename.html", context, status=status)


def _name_again(request: MemberRequest, conversation: Conversation, words: str) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if is_scripted(request):
        return refused(request, status, words)
    return _name(request, conversation, title=request.POST.get("title", ""), error=words, status=status)


def _renewed(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    if is_scripted(request):
        return drawn_by_socket(request, twice_on=ALL)
    return see_other(way_back(request, _address(conversation)))


def _address(conversation: Conversation) -> str:
    return reverse("conversation", args=[conversation.code])


def _told_at(request: MemberRequest, code: uuid.UUID) -> str:
    """The page that says what was deleted: that of all conversations for those who come from it, else a new one."""
    came_from = urlsplit(way_back(request, ""))
    if came_from.path != reverse(ALL):
        return f"{reverse('new')}?deleted={code}"
    return f"{came_from.path}?{urlencode([*parse_qsl(came_from.query), ('deleted', code)])}"


def _to(request: MemberRequest, address: str) -> HttpResponse:
    """Another page, also for a script."""
    return HttpResponse(headers={"HX-Redirect": address}) if is_scripted(request) else see_other(address)


def _change(conversation: Conversation, *, rises: bool = False, **changes: object) -> int:
    """Write `changes` and tell the person's list, inside the caller's transaction; its revision."""
    listed = conversation.owner.next_revision()
    if rises:
        changes["risen_revision"] = listed
    Conversation.objects.filter(pk=conversation.pk).update(listed_revision=listed, **changes)
    if changes:
        notices.draw_anew(conversation, listed)
    broadcast.list_moved(conversation.owner, listed)
    return listed
