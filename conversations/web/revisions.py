"""A reply that its reader writes anew."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from conversations import texts
from conversations.codes import new_code
from conversations.turns import revise as revision
from conversations.turns.access import owned
from conversations.turns.errors import Unfit

from . import editing
from .answers import MemberRequest, command, done, is_scripted, refused
from .forms import QuestionForm, key_of


@require_http_methods(["GET", "HEAD", "POST"])
@command
def revise(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Store another text beside that of a reply, and show it in its place. The form brings the code of the new one; it
    stands where the reply does, or on a page for those without script."""
    conversation = owned(request.user, code)
    reply = revision.find(conversation, message)
    written = texts.markdown_of(conversation, reply)
    context = {"conversation": conversation, "text": written, "new_code": new_code()}
    if request.method != "POST" and is_scripted(request):
        return editing.reply(request, message, written)
    if request.method != "POST":
        return render(request, "chat/revise.html", context)
    form = QuestionForm(request.POST)
    if not form.is_valid() and is_scripted(request):
        return refused(request, form.status, form.words)
    if not form.is_valid():
        context |= {"text": request.POST.get("text", ""), "error": form.words}
        return render(request, "chat/revise.html", context, status=form.status)
    _store(request, code, message, form.cleaned_data["text"], written)
    return done(request, code)


def _store(request: MemberRequest, code: uuid.UUID, message: uuid.UUID, text: str, written: str) -> None:
    if text == written.strip():
        return
    made = key_of(request.POST.get("new_code", ""))
    if made is None:
        raise Unfit
    revision.revise(request.user, code, message, made, text)
