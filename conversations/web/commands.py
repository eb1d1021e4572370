"""The commands of a conversation. Each stores what was asked; the answer comes over the socket."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations import background, present, upstream
from conversations.models import Conversation, Role
from conversations.turns import start
from conversations.turns.start import Busy, Order
from conversations.turns.stop import stop as stop_turn

from .answers import MemberRequest, NoModel, command, done, is_scripted, refused
from .chat import draw, draw_new
from .forms import QuestionForm, key_of


@require_POST
@command
def send(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Ask at the end of a conversation; the first question creates it."""
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _send_again(request, code, form.status, form.words)
    order, words = _order(request, form.cleaned_data["model"])
    try:
        start.send(order, code, form.cleaned_data["text"])
    except Busy:
        words = _("A reply is still being written here. Your message is kept: send it when the reply has ended.")
        return _send_again(request, code, HTTPStatus.CONFLICT, words)
    return done(request, code, words)


@require_http_methods(["GET", "HEAD", "POST"])
@command
def edit(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Change a question and ask it anew, beside the old one."""
    conversation = start.owned(request.user, code)
    question = conversation.messages.filter(code=message, role=Role.USER).first()
    if question is None or not present.may_be_read(question):
        raise Http404
    context = {"conversation": conversation, "message": question, "text": present.text_of(question)}
    if request.method != "POST":
        return render(request, "chat/edit.html", context | {"client_key": uuid.uuid4()})
    form = QuestionForm(request.POST)
    if not form.is_valid():
        context |= {
            "text": form.data.get("text", ""),
            "error": form.words,
            "client_key": form.data.get("client_key"),
        }
        return render(request, "chat/edit.html", context, status=form.status)
    order, words = _order(request, conversation.model_name)
    start.edit_and_resend(order, code, message, form.cleaned_data["text"])
    return done(request, code, words)


@require_POST
@command
def regenerate(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Answer again, beside the old reply."""
    order, words = _order(request, _model_of(request, code))
    start.regenerate(order, code, message)
    return done(request, code, words)


@require_POST
@command
def continue_reply(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Go on with a reply that ended early."""
    order, words = _order(request, _model_of(request, code))
    start.continue_reply(order, code, message)
    return done(request, code, words)


@require_POST
@command
def show(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Show another alternative."""
    start.show_alternative(request.user, code, message)
    return done(request, code)


@require_POST
@command
def stop(request: MemberRequest, code: uuid.UUID, turn: uuid.UUID) -> HttpResponse:
    """End a reply where it is."""
    background.stop_turn(stop_turn(request.user, code, turn).pk)
    return done(request, code)


def _model_of(request: MemberRequest, code: uuid.UUID) -> str:
    return request.POST.get("model") or start.owned(request.user, code).model_name


def _order(request: MemberRequest, wished: str) -> tuple[Order, str]:
    """The order with a model that is offered, and words for the person when it is not the one they chose."""
    model, words = wished, ""
    if wished not in upstream.offered_models():
        model = upstream.default_model()
        if wished:
            words = _("%(wished)s is not offered any more; %(model)s answers instead.")
            words %= {"wished": wished, "model": model}
    if not model:
        raise NoModel
    return Order(request.user, model, key_of(request.POST.get("client_key", "")), background.begin), words


def _send_again(request: MemberRequest, code: uuid.UUID, status: HTTPStatus, words: str) -> HttpResponse:
    """The composer as it was sent, with what is wrong."""
    if is_scripted(request):
        return refused(request, status, words)
    mine = Conversation.objects.of(request.user).filter(code=code).first()
    typed: dict[str, Any] = {"text": request.POST.get("text", ""), "error": words}
    if mine is not None:
        return draw(request, mine, status=status, **typed)
    if Conversation.objects.filter(code=code).exists():
        raise Http404
    return draw_new(request, code, status=status, **typed)
