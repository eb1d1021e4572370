"""What a person takes along from a reply: its text as Markdown or plain, or as a quote in their next message."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from conversations import texts
from conversations.models import Conversation, Message
from conversations.turns import drafts
from conversations.turns.access import owned

from .answers import MemberRequest, page
from .forms import key_of


@require_safe
@page
def markdown(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """A message with what continues it, and its sources; asked for as it was `written` (to be quoted) without them.
    Nothing of one that is withheld."""
    read = texts.markdown_of if "written" in request.GET else texts.with_sources_of
    return _text(owned(request.user, code), message, read)


@require_safe
@page
def plain(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """The same without markup."""
    return _text(owned(request.user, code), message, texts.plain_text_of)


def quoted(request: MemberRequest, shown: Conversation) -> dict[str, Any]:
    """For a page that was asked to quote a message: what stands in its composer then."""
    code = key_of(request.GET.get("quote", ""))
    message = shown.messages.filter(code=code).first() if code else None
    text = texts.markdown_of(shown, message) if message else ""
    if not text:
        return {}
    draft = drafts.find(request.user, shown.code)
    return {"text": "\n\n".join(filter(None, [draft.text if draft else "", as_quote(text)])) + "\n\n"}


def as_quote(text: str) -> str:
    """Every line with the mark of a quote before it."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def _text(conversation: Conversation, code: uuid.UUID, read: Callable[[Conversation, Message], str]) -> HttpResponse:
    message = conversation.messages.filter(code=code).first()
    text = read(conversation, message) if message else ""
    if not text:
        raise Http404
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
