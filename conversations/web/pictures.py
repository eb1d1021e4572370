"""Pictures: brought into the box of a conversation, put in order there, looked at, and cleared away."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from conversations import imaging, pictures
from conversations.models import Character, Conversation, Picture, User
from conversations.pictures import PictureError
from conversations.turns import drafts
from conversations.turns.tray import changing, forget

from . import media
from .answers import MemberRequest, command, is_scripted, page, refused, see_other
from .chat import draw, draw_new
from .forms import clean_line, key_of
from .listing import way_back
from .preferences import preferred_model

STATUS: dict[type[PictureError], HTTPStatus] = {
    pictures.Crowded: HTTPStatus.SERVICE_UNAVAILABLE,
    pictures.DayFull: HTTPStatus.TOO_MANY_REQUESTS,
    pictures.Full: HTTPStatus.INSUFFICIENT_STORAGE,
    pictures.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    pictures.TooMany: HTTPStatus.CONFLICT,
    pictures.Unread: HTTPStatus.SERVICE_UNAVAILABLE,
    pictures.Unreadable: HTTPStatus.UNPROCESSABLE_ENTITY,
    pictures.Unstored: HTTPStatus.INSUFFICIENT_STORAGE,
}
AGAIN_AFTER = 2  # seconds
PAGE = 100


@require_POST
@command
def attach(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Put one or more pictures into the box. What cannot be taken is told; the rest is in it all the same."""
    drafts.check_access(request.user, code)
    files = request.FILES.getlist("picture")
    problems = [(file.name, _attach(request, code, file)) for file in files]
    found = [(name, *problem) for name, problem in problems if problem is not None]
    if not files:
        return _again(request, code, HTTPStatus.UNPROCESSABLE_ENTITY, _("No picture was chosen."))
    if found:
        # A script brings one at a time, and shows its name.
        told = (words if is_scripted(request) else f"{name}: {words}" for name, _status, words in found)
        return _again(request, code, found[0][1], " ".join(told))
    return _again(request, code)


@require_POST
@command
def take_out(request: MemberRequest, code: uuid.UUID, tray: uuid.UUID) -> HttpResponse:
    """Take a picture out of the box; twice changes nothing."""
    with _changing(request, code):
        pictures.remove(request.user, code, tray)
    return _again(request, code)


@require_POST
@command
def move(request: MemberRequest, code: uuid.UUID, tray: uuid.UUID) -> HttpResponse:
    """One place earlier, or later."""
    with _changing(request, code):
        pictures.move(request.user, code, tray, -1 if request.POST.get("by") == "-1" else 1)
    return _again(request, code)


@require_POST
@command
def describe(request: MemberRequest, code: uuid.UUID, tray: uuid.UUID) -> HttpResponse:
    """Keep the words that stand for a picture where it cannot be seen."""
    with _changing(request, code):
        pictures.describe(request.user, code, tray, clean_line(request.POST.get(f"alt-{tray}", "")))
    return _again(request, code)


@require_safe
def show(request: HttpRequest, code: uuid.UUID, size: str = "") -> HttpResponseBase:
    """A picture, for the person who brought it; not while every message that has it is withheld."""
    picture = pictures.may_be_seen(request.user, code) if request.user.is_authenticated else None
    if picture is None:
        raise Http404
    if size and not picture.small:
        raise Http404
    found = media_of(picture, is_small=bool(size))
    return media.send(request, replace(found, is_download="download" in request.GET))


@require_safe
@page
def mine(request: MemberRequest) -> HttpResponse:
    """All the pictures of a person, the newest first, and the room that they take."""
    rows = Picture.objects.of(request.user)
    total = rows.aggregate(used=Sum("byte_count"), count=Count("pk"))
    before = key_of(request.GET.get("before", ""))
    shown = rows.filter(code__lt=before) if before else rows
    found = list(shown.with_sight().annotate(use_count=Count("uses")).order_by("-code")[: PAGE + 1])
    faces = _faces_of(request.user, found[:PAGE])
    context = {
        "pictures": [(picture, faces.get(picture.pk, [])) for picture in found[:PAGE]],
        "next": found[PAGE - 1].code if len(found) > PAGE else None,
        "count": total["count"],
        "used": total["used"] or 0,
        "room": settings.CHATSITE_PICTURE_ROOM,
    }
    return render(request, "pictures/mine.html", context)


def _faces_of(person: User, shown: Sequence[Picture]) -> dict[int, list[str]]:
    """Whose face each picture is: of characters, and of those that a conversation began with and that are gone."""
    of: dict[int, list[str]] = {}
    made = Character.objects.filter(face__in=shown, is_draft=False, deleted_at=None).values_list("face_id", "name")
    talks = Conversation.objects.of(person).filter(face__in=shown).values_list("face_id", "character__bot_name")
    for key, name in [*made.order_by("name"), *talks]:
        if name and name not in of.setdefault(key, []):
            of[key].append(name)
    return of


@require_POST
@command
def delete(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Delete a picture wherever it is used; messages say that it was there."""
    picture = Picture.objects.of(request.user).filter(code=code).first()
    if picture is not None:
        forget(picture)
    return HttpResponse() if is_scripted(request) else see_other(way_back(request, reverse("pictures")))


def _attach(request: MemberRequest, code: uuid.UUID, file: Any) -> tuple[HTTPStatus, str] | None:
    name = clean_line(file.name or "")
    try:
        picture = pictures.keep(request.user, file, file.size, name)
        with _changing(request, code):
            pictures.add(request.user, code, picture)
    except PictureError as error:
        return STATUS[type(error)], words_for(error)
    return None


def _changing(request: MemberRequest, code: uuid.UUID) -> AbstractContextManager[None]:
    return changing(request.user, code, preferred_model(request.user))


def words_for(error: PictureError) -> str:
    """What is wrong with a picture, and what to do: for the person who brought it."""
    if isinstance(error, pictures.Unreadable):
        return _about_file(error.cause)
    megabytes = settings.CHATSITE_PICTURE_BYTES // 1_000_000
    most = settings.CHATSITE_PICTURES_A_MESSAGE
    words = {
        pictures.TooLarge: _("The file is too large: at most %(most)s MB.") % {"most": megabytes},
        pictures.TooMany: ngettext(
            "A message can have at most %(most)s picture.", "A message can have at most %(most)s pictures.", most
        )
        % {"most": most},
        pictures.DayFull: _("That is all for today: you have brought as many pictures as one may in a day."),
        pictures.Full: _("Your room for pictures is used up. Delete some first."),
        pictures.Crowded: _("Many pictures are being read at this moment. Please try again."),
        pictures.Unread: _("Pictures cannot be read here at the moment. An administrator finds the reason in the log."),
        pictures.Unstored: _("The server has no room for it. An administrator has to make some."),
    }
    return words[type(error)]


def _about_file(cause: imaging.ImagingError) -> str:
    if isinstance(cause, imaging.TooManyPixels):
        most = settings.CHATSITE_PICTURE_PIXELS // 1_000_000
        return _("The picture has too many pixels: at most %(most)s million.") % {"most": most}
    words = {
        imaging.Empty: _("The file is empty."),
        imaging.NotAPicture: _("This is no picture that can be read. JPEG, PNG, WebP, GIF and HEIC can."),
        imaging.Broken: _("The picture is damaged or not complete."),
        imaging.TooNarrow: _("The picture is too long and thin to be looked at."),
        imaging.TooHard: _("The picture could not be read: it takes more time or memory than a picture may."),
    }
    return words[type(cause)]


def _again(
    request: MemberRequest, code: uuid.UUID, status: HTTPStatus = HTTPStatus.OK, words: str = ""
) -> HttpResponse:
    """The box as it is now: for scripts only its pictures, else the page with what was typed."""
    response = _box(request, code, status, words) if is_scripted(request) else _page(request, code, status, words)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(AGAIN_AFTER)
    return response


def _box(request: MemberRequest, code: uuid.UUID, status: HTTPStatus, words: str) -> HttpResponse:
    if words:
        return refused(request, status, words)
    context = {"conversation": {"code": code}, "tray": pictures.tray_of(request.user, code)}
    return render(request, "chat/_composer_pictures.html", context)


def _page(request: MemberRequest, code: uuid.UUID, status: HTTPStatus, words: str) -> HttpResponse:
    typed: dict[str, Any] = {"text": request.POST.get("text", ""), "error": words}
    mine = Conversation.objects.of(request.user).filter(code=code).first()
    if mine is not None and mine.is_begun:
        return draw(request, mine, status=status, **typed)
    return draw_new(request, code, prepared=mine, status=status, **typed)


def media_of(picture: Picture, *, is_small: bool) -> media.Media:
    """The file of a picture, as it is sent."""
    name, media_type = (picture.small, "image/webp") if is_small else (picture.file, picture.media_type)
    suffix = name.rpartition(".")[2]
    kind = "video" if picture.is_video and not is_small else "picture"
    return media.Media(name, media_type, f"{picture.code}{'-small' * is_small}", f"{kind}.{suffix}")
