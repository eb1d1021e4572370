"""The pages of characters: the gallery, one to write, one from a card, and a conversation that begins with one."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import characters as cards
from conversations import pictures, upstream
from conversations.characters import CardError
from conversations.models import Character, Conversation, Picture
from conversations.pictures import PictureError
from conversations.turns import characters as rows
from conversations.turns.characters import TooManyCharacters
from conversations.turns.presets import NotAccepted

from . import media
from .answers import MemberRequest, command, page, refused, see_other
from .character_form import ROWS, CharacterForm
from .forms import clean_line, key_of
from .own_or_shared import just_deleted
from .pictures import STATUS, media_of, words_for
from .preferences import preferred_model

PER_PAGE = 48
MOST_KEPT_NAMES = 20


@require_safe
@page
def gallery(request: MemberRequest) -> HttpResponse:
    """All that a person may choose, by name, line or tag."""
    sought, tag = clean_line(request.GET.get("q", ""))[:100], clean_line(request.GET.get("tag", ""))[:100]
    place = Paginator(rows.offered(request.user, sought, tag), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "place": place,
        "sought": sought,
        "tag": tag,
        "deleted": just_deleted(request, Character.objects, rows.may_change),
        "may_administer": request.user.has_perm("conversations.administer"),
    }
    return render(request, "characters/gallery.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@command
def new(request: MemberRequest) -> HttpResponse:
    """A character of one's own, or the organisation's."""
    return _form(request, Character(owner=None if _is_shared(request) else request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@command
def change(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    return _form(request, _changeable(request, code))


@require_http_methods(["GET", "HEAD", "POST"])
@command
def bring(request: MemberRequest) -> HttpResponse:
    """Read a card; what it says is shown before anything is saved."""
    is_shared = _is_shared(request)
    file = request.FILES.get("card")
    if request.method != "POST":
        return _bring(request, is_shared)
    if file is None:
        return _bring(request, is_shared, _("No file was chosen."))
    try:
        if (file.size or 0) > settings.CHATSITE_PICTURE_BYTES:
            raise cards.TooLong
        card, is_picture = cards.read(file)
        face = _kept_picture(request, file) if is_picture else None
        character = rows.drafted(request.user, card, face, is_shared=is_shared)
    except CardError as error:
        return _bring(request, is_shared, _about_card(error))
    except PictureError as error:
        return _bring(request, is_shared, words_for(error), STATUS[type(error)])
    except TooManyCharacters:
        return _bring(request, is_shared, _too_many(), HTTPStatus.CONFLICT)
    return see_other(reverse("character", args=[character.code]))


@require_POST
@command
def delete(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    character = _changeable(request, code)
    reason = clean_line(request.POST.get("reason", ""))[:300]
    if character.owner_id is None and not character.is_draft and not reason:
        return refused(request, HTTPStatus.UNPROCESSABLE_ENTITY, _("Please say why: it is kept on record."))
    if character.is_draft:
        character.delete()
        return see_other(reverse("characters"))
    rows.delete(request.user, character, reason)
    return see_other(f"{reverse('characters')}?deleted={character.code}")


@require_POST
@command
def restore(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    character = Character.objects.filter(code=code).exclude(deleted_at=None).first()
    if character is not None and not rows.may_change(request.user, character):
        raise Http404
    if character is not None:
        rows.restore(request.user, character)
    return see_other(reverse("characters"))


@require_POST
@command
def begin(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Begin a conversation, under the code that the page gave it, with a character."""
    character = rows.find(request.user, key_of(request.POST.get("character", "")) or uuid.UUID(int=0))
    if character is None:
        raise Http404
    try:
        rows.choose(request.user, code, character, preferred_model(request.user))
    except NotAccepted:
        return refused(request, HTTPStatus.UNPROCESSABLE_ENTITY, _not_accepted())
    return see_other(reverse("conversation", args=[code]))


@require_safe
def face(request: HttpRequest, code: uuid.UUID) -> HttpResponseBase:
    """The picture of a character, for whoever may choose or change it."""
    if not request.user.is_authenticated:
        raise Http404
    character = rows.find(request.user, code) or rows.to_change(request.user, code)
    return _send(request, character.face_id if character else None)


@require_safe
def face_in(request: HttpRequest, code: uuid.UUID) -> HttpResponseBase:
    """The picture of who plays in a conversation, for its person."""
    if not request.user.is_authenticated:
        raise Http404
    shown = Conversation.objects.of(request.user).filter(code=code).first()
    return _send(request, shown.face_id if shown else None)


def _send(request: HttpRequest, picture_id: int | None) -> HttpResponseBase:
    """Not while every message that has the same picture is withheld."""
    picture = Picture.objects.in_sight().filter(pk=picture_id, state="ready").first() if picture_id else None
    if picture is None:
        raise Http404
    return media.send(request, media_of(picture, is_small=True))


def _is_shared(request: MemberRequest) -> bool:
    return "shared" in (request.POST or request.GET) and request.user.has_perm("conversations.administer")


def _changeable(request: MemberRequest, code: uuid.UUID) -> Character:
    character = rows.to_change(request.user, code)
    if character is None:
        raise Http404
    return character


def _form(request: MemberRequest, character: Character) -> HttpResponse:
    is_shared = character.owner_id is None
    is_new = not character.pk or character.is_draft
    form = CharacterForm(request.POST if request.method == "POST" else None, character, has_reason=is_shared)
    if request.method == "POST" and form.is_valid() and _saved(request, character, form):
        messages.success(request, _("Saved."))
        return see_other(reverse("characters"))
    context: dict[str, Any] = {
        "form": form,
        "fields": [(form[name], name, ROWS.get(name)) for name in ("name", "about", *ROWS, "user_name", "tags")],
        "character": character,
        "is_new": is_new,
        "is_shared": is_shared,
        "models": upstream.offered_models(),
        "kept": _kept_names(character),
        "is_cut": bool(character.kept.get("cut")),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "characters/character.html", context, status=status)


def _saved(request: MemberRequest, character: Character, form: CharacterForm) -> bool:
    file = request.FILES.get("face")
    try:
        brought = _kept_picture(request, file) if file else None
        rows.save(request.user, character, form.facts(brought), form.cleaned_data["reason"])
    except PictureError as error:
        form.add_error("drop_face", words_for(error))
    except NotAccepted as error:
        form.add_error(str(error), _not_accepted())
    except TooManyCharacters:
        form.add_error(None, _too_many())
    return not form.errors


def _kept_picture(request: MemberRequest, file: Any) -> Picture:
    return pictures.keep(request.user, file, file.size or 0, clean_line(file.name or ""))


def _kept_names(character: Character) -> list[str]:
    fields = character.kept.get("fields")
    return sorted(fields)[:MOST_KEPT_NAMES] if isinstance(fields, dict) else []


def _bring(
    request: MemberRequest, is_shared: bool, error: str = "", status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY
) -> HttpResponse:
    context = {"is_shared": is_shared, "error": error, "megabytes": settings.CHATSITE_PICTURE_BYTES // 1_000_000}
    return render(request, "characters/bring.html", context, status=status if error else HTTPStatus.OK)


def _about_card(error: CardError) -> str:
    words = {
        cards.NoCard: _("There is no character in this file. It has to be a card as PNG or JSON."),
        cards.Unreadable: _("This card is damaged or not complete."),
        cards.TooLong: _("This card is larger than is read here."),
        cards.TooDeep: _("This card holds lists in lists beyond measure, and is not read."),
    }
    return words[type(error)]


def _too_many() -> str:
    return _("You have %(most)s characters, which is all one may have. Delete some first.") % {
        "most": rows.MOST_CHARACTERS
    }


def _not_accepted() -> str:
    return _("This holds words that are not accepted here. Please put it differently.")
