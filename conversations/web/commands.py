"""The commands of a conversation. Each stores what was asked; the answer comes over the socket."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from conversations import background, pictures, present, upstream
from conversations.models import Conversation, Role, Turn, User
from conversations.turns import delegated, drafts, prepare, start, upcoming
from conversations.turns.access import owned
from conversations.turns.errors import Busy, NoPicture
from conversations.turns.orders import Order
from conversations.turns.stop import stop as stop_turn
from conversations.turns.upcoming import Crowded

from . import editing, making
from .answers import MemberRequest, NoModel, command, done, is_scripted, refused
from .chat import draw, draw_new
from .examples import SEARCH
from .forms import QuestionForm, key_of

NO_PICTURE = gettext_lazy("A picture of this message is not there any more. Look at what is left, and send again.")


@require_POST
@command
def send(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Ask at the end of a conversation; the first question creates it. An example may have the web searched for it."""
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _send_again(request, code, form.status, form.words)
    order, words = order_of(request, form.cleaned_data["model"])
    forget = _forgetter(request.user, code, order, form.cleaned_data["draft"])
    order = replace(order, begin=partial(_begin, forget, order.begin))
    text, tray = form.cleaned_data["text"], form.cleaned_data["tray"]
    if blind := pictures_unseen(order.model_name, len(tray)):
        return _send_again(request, code, HTTPStatus.UNPROCESSABLE_ENTITY, blind)
    if request.GET.get("uses") == SEARCH:
        _search(request.user, code, order.model_name)
    try:
        start.send(order, code, text, tray)
    except Busy:
        return _let_wait(request, code, order, text, tray, forget, words)
    except NoPicture:
        return _send_again(request, code, HTTPStatus.CONFLICT, str(NO_PICTURE))
    return done(request, code, words)


@require_http_methods(["GET", "HEAD", "POST"])
@command
def edit(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Change a question and ask it anew, beside the old one: where it stands, or on a page for those without script."""
    conversation = owned(request.user, code)
    question = conversation.messages.filter(code=message, role=Role.USER).first()
    if question is None or not present.may_be_read(question):
        raise Http404
    context = {"conversation": conversation, "message": question, "text": present.text_of(question)}
    if request.method != "POST" and is_scripted(request):
        return editing.question(request, question.code, present.text_of(question))
    if request.method != "POST":
        return render(request, "chat/edit.html", context | {"client_key": uuid.uuid4()})
    form = QuestionForm(request.POST, has_pictures=bool(pictures.of_message(question)))
    if not form.is_valid() and is_scripted(request):
        return refused(request, form.status, form.words)
    if not form.is_valid():
        context |= {
            "text": form.data.get("text", ""),
            "error": form.words,
            "client_key": form.data.get("client_key"),
        }
        return render(request, "chat/edit.html", context, status=form.status)
    again = making.order_again(request, turn__question=question)
    order, words = (again, "") if again else order_of(request, conversation.model_name)
    start.edit_and_resend(order, code, message, form.cleaned_data["text"], form.cleaned_data["without"])
    return done(request, code, words)


@require_POST
@command
def regenerate(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Answer again, beside the old reply."""
    again = making.order_again(request, turn__reply__code=message)
    order, words = (again, "") if again else order_of(request, _model_of(request, code))
    start.regenerate(order, code, message)
    return done(request, code, words)


@require_POST
@command
def regenerate_alone(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """The same without what was said before the question."""
    order, words = order_of(request, _model_of(request, code))
    start.regenerate_alone(order, code, message)
    return done(request, code, words)


@require_POST
@command
def continue_reply(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Go on with a reply that ended early."""
    order, words = order_of(request, _model_of(request, code))
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


def _search(person: User, code: uuid.UUID, model: str) -> None:
    """Have GLM search the web in a conversation that nobody has begun; elsewhere its person has chosen already."""
    shown = prepare.prepare(person, code, model)
    if not shown.is_begun:
        prepare.set_hosted(person, code, model, replace(shown.hosted, is_searching=True, knowledge=None))


def pictures_unseen(model_name: str, count: int) -> str:
    """What to tell somebody whose pictures a model would not see; "" when it sees all of them."""
    most = upstream.pictures_seen_by(model_name)
    if count <= most:
        return ""
    if most:
        words = ngettext(
            "%(model)s takes at most %(most)s picture in a message. Nothing was sent.",
            "%(model)s takes at most %(most)s pictures in a message. Nothing was sent.",
            most,
        )
        return words % {"model": model_name, "most": most}
    if other := upstream.seeing_model():
        words = _("%(model)s cannot see pictures, so nothing was sent. %(other)s can: choose it, or take them out.")
        return words % {"model": model_name, "other": other}
    return _("No model here can see pictures, so nothing was sent. Take them out first.")


def _let_wait(
    request: MemberRequest,
    code: uuid.UUID,
    order: Order,
    text: str,
    tray: list[uuid.UUID],
    forget: Callable[[], None],
    words: str,
) -> HttpResponse:
    """A reply is being written: the message is asked after it, or now if it has ended this very moment."""
    try:
        if not upcoming.store(order, code, text, forget, tray):
            start.send(order, code, text, tray)
        elif not is_scripted(request):
            words = words or _("A reply is still being written. Your message is next: it is sent when that has ended.")
    except Crowded:
        words = _("With the message that is next already this would be too long. It is kept here and was not sent.")
        return _send_again(request, code, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)
    except NoPicture:
        return _send_again(request, code, HTTPStatus.CONFLICT, str(NO_PICTURE))
    return done(request, code, words)


def _forgetter(person: User, code: uuid.UUID, order: Order, version: int | None) -> Callable[[], None]:
    """What drops the draft of a message in the transaction that takes it; nothing when none was ever kept."""
    if version is None:
        return lambda: None
    return partial(drafts.forget, person, code, version, order.client_key)


def _begin(forget: Callable[[], None], begin: Callable[[Turn], None] | None, turn: Turn) -> None:
    forget()
    if begin is not None:
        begin(turn)


def begin_later(turn: Turn) -> None:
    """Whoever wants the answer in the background gets it from a job."""
    delegated.delegate(turn)
    transaction.on_commit(background.step_jobs)


def _model_of(request: MemberRequest, code: uuid.UUID) -> str:
    return request.POST.get("model") or owned(request.user, code).model_name


def order_of(request: MemberRequest, wished: str, *, is_later: bool | None = None) -> tuple[Order, str]:
    """The order with a model that is offered, and words for the person when it is not the one they chose. The form says
    whether the answer is wanted in the background, where `is_later` does not."""
    model, words = upstream.stand_in(wished), ""
    if wished and wished != model:
        words = _("%(wished)s is not offered any more; %(model)s answers instead.")
        words %= {"wished": wished, "model": model}
    if not model:
        raise NoModel
    wants_later = bool(request.POST.get("later")) if is_later is None else is_later
    is_given = wants_later and upstream.answers_later() and upstream.assistant(model) is None
    if wants_later and upstream.assistant(model) is not None:
        words = _("An assistant cannot answer in the background, so it answers now.")
    elif wants_later and not is_given:
        words = _("This server cannot answer in the background, so it answers now.")
    key, begin = key_of(request.POST.get("client_key", "")), begin_later if is_given else background.begin
    return Order(request.user, model, key, begin, is_later=is_given), words


def _send_again(request: MemberRequest, code: uuid.UUID, status: HTTPStatus, words: str) -> HttpResponse:
    """The composer as it was sent, with what is wrong."""
    if is_scripted(request):
        return refused(request, status, words)
    mine = Conversation.objects.of(request.user).filter(code=code).first()
    typed: dict[str, Any] = {"text": request.POST.get("text", ""), "error": words}
    if mine is not None and mine.is_begun:
        return draw(request, mine, status=status, **typed)
    if mine is None and Conversation.objects.filter(code=code).exists():
        raise Http404
    return draw_new(request, code, prepared=mine, status=status, **typed)
