"""Ordering images and videos: a form with what the model has, and the order as a question that a job answers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from conversations import background, clock, families, pictures, upstream
from conversations.codes import new_code
from conversations.families import Entry, Kind, Making
from conversations.models import Conversation, Job, Picture, Turn, User
from conversations.pictures import PictureError, SentPicture
from conversations.turns import delegated, drafts, start
from conversations.turns.access import owned
from conversations.turns.orders import Order, question_of
from conversations.turns.tray import changing

from .answers import MemberRequest, command, done, is_scripted, see_other
from .forms import key_of
from .making_form import MakingForm
from .pictures import words_for
from .preferences import preferred_model

KINDS = {"image": Kind.IMAGE, "video": Kind.VIDEO}


@dataclass(slots=True)
class Desk:
    """What a form is filled in for: the kind, the model and what it takes, the conversation, and the pictures that are
    on it, in their order."""

    kind: str
    models: tuple[Entry, ...]
    model: str
    conversation: Conversation | None
    pictures: list[Picture]
    error: str = ""

    @property
    def making(self) -> Making:
        return families.MAKINGS.get(self.model, Making())


@require_http_methods(["GET", "HEAD", "POST"])
@command
def make(request: MemberRequest, kind: str) -> HttpResponse:
    """Fill in and send. Choosing another model draws the form anew, with what was typed."""
    desk = _desk(request, kind)
    if request.method != "POST":
        return _form(request, desk, MakingForm(desk.making))
    form = MakingForm(desk.making, request.POST)
    _bring(request, desk)
    if request.POST.get("choose") or desk.error:
        return _form(request, desk, form, HTTPStatus.UNPROCESSABLE_ENTITY if desk.error else HTTPStatus.OK)
    if not desk.models or not form.is_fitting(len(desk.pictures)):
        return _form(request, desk, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    code = desk.conversation.code if desk.conversation else key_of(request.POST.get("code", "")) or new_code()
    sent = tuple(SentPicture(each) for each in desk.pictures)
    order = _order(request, desk, form.parameters)
    start.send_question(order, code, question_of(form.cleaned_data["text"], sent))
    return done(request, code)


@require_POST
@command
def ask_about(request: MemberRequest, code: uuid.UUID, picture: uuid.UUID) -> HttpResponse:
    """Put a picture that was made into the box of its conversation, to ask about it."""
    drafts.check_access(request.user, code)
    found = pictures.may_be_seen(request.user, picture)
    if found is None or found.is_video:
        raise Http404
    try:
        with changing(request.user, code, preferred_model(request.user)):
            pictures.add(request.user, code, found)
    except PictureError as error:
        return done(request, code, words_for(error))
    return see_other(f"{reverse('conversation', args=[code])}#prompt")


def order_again(request: MemberRequest, **of: Any) -> Order | None:
    """The same order once more, of the latest job that made something and that `of` finds; None for other replies."""
    rows = Job.objects.of(request.user).filter(kind__in=KINDS, **of).select_related("conversation")
    job = rows.order_by("-pk").first()
    if job is None or job.conversation is None:
        return None
    begin = partial(_begin, job.kind, job.input)
    key = key_of(request.POST.get("client_key", ""))
    return Order(request.user, job.model_name, key, begin, talks_with=job.conversation.model_name)


def order_to_fetch(request: MemberRequest, job: Job) -> Order | None:
    """An order for what GLM has made already, and what did not come here; None where there is nothing to fetch."""
    if job.kind not in KINDS or job.turn is None or job.conversation is None or not job.provider_id:
        return None
    key = key_of(request.POST.get("client_key", ""))
    return Order(request.user, job.model_name, key, partial(_fetch, job), talks_with=job.conversation.model_name)


def _order(request: MemberRequest, desk: Desk, parameters: dict[str, Any]) -> Order:
    talks_with = desk.conversation.model_name if desk.conversation else preferred_model(request.user)
    begin = partial(_begin, desk.kind, {"v": 1, "parameters": parameters})
    key = key_of(request.POST.get("client_key", ""))
    return Order(request.user, desk.model, key, begin, talks_with=talks_with)


def _begin(kind: str, ordered: dict[str, Any], turn: Turn) -> None:
    delegated.delegate(turn, kind, ordered)
    transaction.on_commit(background.step_jobs)


def _fetch(job: Job, turn: Turn) -> None:
    delegated.fetch_again(job, turn)
    transaction.on_commit(background.step_jobs)


def _desk(request: MemberRequest, kind: str) -> Desk:
    if kind not in KINDS:
        raise Http404
    told = request.POST if request.method == "POST" else request.GET
    models = upstream.makers(KINDS[kind])
    wished, code = told.get("model", ""), key_of(told.get("conversation", ""))
    found = _pictures(request.user, told.getlist("picture_code"))
    names = [each.name for each in models]
    model = wished if wished in names else next((name for name in names if _fits(name, len(found))), "")
    conversation = owned(request.user, code) if code else None
    return Desk(kind, models, model, conversation, found)


def _fits(model: str, count: int) -> bool:
    making = families.MAKINGS.get(model, Making())
    return making.least_images <= count <= making.most_images


def _pictures(person: User, told: Sequence[str]) -> list[Picture]:
    codes = [code for value in told if (code := key_of(value))]
    rows = {each.code: each for each in Picture.objects.of(person).in_sight().filter(code__in=codes)}
    return [rows[code] for code in dict.fromkeys(codes) if code in rows and not rows[code].is_video]


def _bring(request: MemberRequest, desk: Desk) -> None:
    """Take in the pictures that came with the form; one that cannot be is told, and the rest is on the form."""
    for file in request.FILES.getlist("picture"):
        try:
            desk.pictures.append(pictures.keep(request.user, file, file.size or 0, file.name or ""))
        except PictureError as error:
            desk.error = f"{file.name}: {words_for(error)}"


def _form(request: MemberRequest, desk: Desk, form: MakingForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    context = {
        "desk": desk,
        "form": form,
        "code": key_of(request.POST.get("code", "")) or new_code(),
        "client_key": request.POST.get("client_key") or uuid.uuid4(),
        "is_simulated": upstream.current().is_simulated,
        "price": _price(desk),
        "images_words": _images_words(desk.making),
    }
    template = "making/_form.html" if is_scripted(request) else "making/make.html"
    return render(request, template, context, status=status)


def _price(desk: Desk) -> tuple[str, Decimal] | None:
    """Currency and today's list price of one, where the host has one."""
    entry = next((each for each in desk.models if each.name == desk.model), None)
    currency = "USD" if upstream.current().name == "api.z.ai" else "CNY"
    prices = entry.prices if entry else ()
    told = [each for each in prices if each.currency == currency and each.holds_on(clock.now().date())]
    return (currency, told[0].output) if told and told[0].output is not None else None


def _images_words(making: Making) -> str:
    """How many pictures go along, and what they are."""
    if making.most_images == 2:
        words = _("The first is where the video begins, the second where it ends.")
        return words if making.least_images == 2 else _("One is where the video begins; a second, where it ends.")
    if making.least_images == making.most_images == 1:
        return _("The video begins with it.")
    if making.most_images == 1:
        return _("The video begins with it, if you like.")
    return ngettext("At most %(most)s.", "At most %(most)s, of what is to be seen.", making.most_images) % {
        "most": making.most_images
    }
