"""The page of a conversation: an empty one, one that exists, and what is taken from it."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conversations import present, turn_log, upstream
from conversations.codes import new_code
from conversations.models import Conversation
from conversations.turns.start import owned

from .answers import MemberRequest, is_scripted, page
from .entries import listed
from .examples import EXAMPLES
from .forms import key_of


@require_safe
@page
def new(request: MemberRequest) -> HttpResponse:
    """An empty page; its code is free until the first question creates the conversation under it."""
    return draw_new(request, new_code())


@require_safe
@page
def conversation(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    shown = owned(request.user, code)
    before = key_of(request.GET.get("before", ""))
    if before and is_scripted(request):
        return render(request, "chat/_earlier.html", _messages(shown, before))
    return draw(request, shown, before=before)


@require_safe
@page
def markdown(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """The text of one message as it was written; nothing of a message that is withheld."""
    found = owned(request.user, code).messages.filter(code=message).first()
    text = present.text_of(found) if found else ""
    if not text:
        raise Http404
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def draw(
    request: MemberRequest,
    shown: Conversation,
    *,
    before: uuid.UUID | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    **typed: Any,
) -> HttpResponse:
    """The page of a conversation; `typed` is what a refused form brought: its `text` and the `error`."""
    context = _frame(request, shown) | _messages(shown, before) | typed
    return render(request, "chat/conversation.html", context, status=status)


def draw_new(
    request: MemberRequest, code: uuid.UUID, *, status: HTTPStatus = HTTPStatus.OK, **typed: Any
) -> HttpResponse:
    """The page of a conversation that nobody has begun."""
    empty = Conversation(code=code, owner=request.user, model_name=upstream.default_model())
    context = _frame(request, empty) | {"examples": EXAMPLES, "deleted": _just_deleted(request)} | typed
    return render(request, "chat/conversation.html", context, status=status)


def _frame(request: MemberRequest, shown: Conversation) -> dict[str, Any]:
    """Everything around the messages. The list's revision is that of the person, who was read before the list."""
    models = upstream.offered_models()
    return {
        "conversation": shown,
        "conversations": listed(request.user),
        "revision": shown.revision,
        "list_revision": request.user.revision,
        "models": models,
        "chosen_model": shown.model_name if shown.model_name in models else upstream.default_model(),
        "client_key": uuid.uuid4(),
        "is_simulated": upstream.current().is_simulated,
    }


def _messages(shown: Conversation, before: uuid.UUID | None) -> dict[str, Any]:
    return {
        "conversation": shown,
        "window": present.window(shown, turn_log.texts(), before=before),
        "live_turn": shown.turns.live().first(),
        "is_earlier": before is not None,
    }


def _just_deleted(request: MemberRequest) -> Conversation | None:
    code = key_of(request.GET.get("deleted", ""))
    return Conversation.objects.filter(owner=request.user, code=code).exclude(deleted_at=None).first() if code else None
