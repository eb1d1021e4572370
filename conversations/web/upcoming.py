"""What a person does with the message that is next; how it came there is `send`."""

from __future__ import annotations

import uuid
from dataclasses import replace
from http import HTTPStatus

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations.models import NextMessage
from conversations.turns import upcoming
from conversations.turns.orders import Order

from .answers import MemberRequest, command, done, is_scripted, refused
from .commands import order_of
from .drafts import told
from .forms import DraftForm


@require_POST
@command
def send_now(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Ask it without waiting for a clean end."""
    words = ""

    def order_for(waiting: NextMessage) -> Order:
        nonlocal words
        order, words = order_of(request, waiting.model_name, is_later=waiting.is_later)
        return replace(order, client_key=waiting.client_key)

    upcoming.send_now(request.user, code, order_for)
    return done(request, code, words)


@require_POST
@command
def take_back(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Put it back into the box; the form is that of the box, so that what stands there stays."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        words = _("There is no room for it in the box. Shorten what stands there, or send it first.")
        return refused(request, HTTPStatus.UNPROCESSABLE_ENTITY, words)
    draft = upcoming.take_back(request.user, code, form.typed)
    return told(draft) if is_scripted(request) else done(request, code)


@require_POST
@command
def remove(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Drop it."""
    upcoming.remove(request.user, code)
    return done(request, code)
