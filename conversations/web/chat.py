"""The page of a conversation: an empty one, one that exists, and what is taken from it."""

from __future__ import annotations

import uuid
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conversations import clock, pictures, present, turn_log, upstream
from conversations.codes import new_code
from conversations.crypto import session_hash
from conversations.models import AuditEntry, Conversation, SeenBy, text_part
from conversations.moderation import Seen, keep_seen
from conversations.turns import drafts, gauge, presets
from conversations.turns.access import owned
from conversations.turns.errors import Missing

from . import texts
from .answers import MemberRequest, is_scripted, page
from .composer import composer
from .entries import see
from .examples import examples_for
from .forms import key_of
from .listing import just_deleted
from .preferences import preferred_model

PRESETS = 5  # to begin with, of all

# Which messages are looked at: those before or around the message of a code.
Place = dict[str, uuid.UUID | None]


@require_safe
@page
def new(request: MemberRequest) -> HttpResponse:
    """An empty page; its code is free until the first question creates the conversation under it. What was typed there
    and not sent is there again."""
    draft = drafts.unbegun(request.user)
    return draw_new(request, draft.conversation_id if draft else pictures.unbegun(request.user) or new_code())


@require_safe
@page
def conversation(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    try:
        shown = owned(request.user, code)
    except Missing:
        return _taken_away(request, code)
    if not shown.is_begun:
        return draw_new(request, code, prepared=shown)
    place = {name: key_of(request.GET.get(name, "")) for name in ("before", "around")}
    if place["before"] and is_scripted(request):
        return render(request, "chat/_window.html", _messages(shown, place))
    if request.method == "GET" and not request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        see(request, shown, shown.revision)
    return draw(request, shown, place, **texts.quoted(request, shown))


def _taken_away(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """What an administrator deleted says so to its person, for ever; everything else is not there."""
    if not Conversation.objects.filter(owner=request.user, code=code).exclude(purge_at=None).exists():
        raise Missing
    entry = AuditEntry.objects.filter(object_code=str(code), action="conversation.deleted").order_by("pk").last()
    return render(request, "chat/deleted.html", {"reason": entry.reason if entry else ""}, status=HTTPStatus.GONE)


def draw(
    request: MemberRequest,
    shown: Conversation,
    place: Place | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    **typed: Any,
) -> HttpResponse:
    """The page of a conversation; `typed` is what a refused form brought: its `text` and the `error`."""
    context = _frame(request, shown) | _messages(shown, place or {}) | typed
    if context["live_turn"] is not None:
        _keep_seen(request, context["window"])
    return render(request, "chat/conversation.html", context, status=status)


def _keep_seen(request: MemberRequest, window: present.Window) -> None:
    """A reply in the making that a page is drawn with may be flagged in a moment: what the page had counts."""
    session = session_hash(request.session.session_key or "")
    seen = [
        Seen(message.code, request.user.code, session, SeenBy.PAGE, message.length, clock.now())
        for message in window.messages
        if message.is_open and message.length
    ]
    # A page must not fail because another writer keeps the database.
    with suppress(OperationalError):
        if seen:
            keep_seen(seen)


def draw_new(
    request: MemberRequest,
    code: uuid.UUID,
    *,
    prepared: Conversation | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    **typed: Any,
) -> HttpResponse:
    """The page of a conversation that nobody has begun; it may be prepared."""
    empty = prepared or Conversation(code=code, owner=request.user, model_name=preferred_model(request.user))
    frame = _frame(request, empty)
    context = frame | _opening(request, empty, frame["chosen_model"]) | {"deleted": just_deleted(request)} | typed
    return render(request, "chat/conversation.html", context, status=status)


def _opening(request: MemberRequest, empty: Conversation, model: str) -> dict[str, Any]:
    """The contents of an empty page: the first questions of its preset, or examples and presets to begin with; where
    somebody plays a role, nothing but their first words."""
    if empty.cast is not None:
        return {"opening": None}
    chosen = presets.find(request.user, empty.preset_code) if empty.preset_code else None
    if chosen is not None:
        return {"opening": chosen, "starters": empty.starters}
    examples = examples_for(request.user, empty, model)
    return {"opening": None, "examples": examples, "presets": presets.some(request.user, PRESETS)}


def _frame(request: MemberRequest, shown: Conversation) -> dict[str, Any]:
    """Everything around the messages. The list's revision is that of the person, who was read before the list."""
    models = upstream.offered_models()
    return {
        "conversation": shown,
        "revision": shown.revision,
        "list_revision": request.user.revision,
        "models": models,
        "chosen_model": _chosen(request, shown, models),
        "client_key": uuid.uuid4(),
        "is_simulated": upstream.current().is_simulated,
        "greeting": _greeting(shown),
        **composer(request, shown),
    }


def _greeting(shown: Conversation) -> str:
    """The first words of who plays a role, as HTML."""
    cast = shown.cast
    return present.render_parts(text_part(cast.greeting))[0] if cast is not None and cast.greeting else ""


def _chosen(request: MemberRequest, shown: Conversation, models: tuple[str, ...]) -> str:
    """The conversation's model, or its successor; another only where there is neither."""
    stands_in = upstream.stand_in(shown.model_name)
    is_near = shown.model_name in models or upstream.entry(shown.model_name).successor
    return stands_in if is_near else preferred_model(request.user)


def _messages(shown: Conversation, place: Place) -> dict[str, Any]:
    window = present.window(shown, turn_log.texts(), **place)
    return {
        "conversation": shown,
        "window": window,
        "live_turn": shown.turns.live().first(),
        "gauge": gauge.of(shown, window.nodes),
        "every": gauge.EVERY,
    }
