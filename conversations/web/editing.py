"""The form that stands in the place of a message while it is edited there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from conversations.codes import new_code

from .answers import MemberRequest
from .shortcuts import modifier


@dataclass(frozen=True, slots=True)
class Edited:
    """What is edited, and the words around its text; `key_name` is the field whose `key` makes the form count once."""

    kind: str
    code: uuid.UUID
    address: str
    title: str
    label: str
    button: str
    help: str
    key_name: str
    key: uuid.UUID


def question(request: MemberRequest, code: uuid.UUID, text: str) -> HttpResponse:
    return _form(
        request,
        text,
        kind="question",
        code=code,
        title=_("Edit and ask again"),
        label=_("Question"),
        button=_("Ask again"),
        help=_("The old question and its reply stay as an alternative."),
        key_name="client_key",
        key=uuid.uuid4(),
    )


def reply(request: MemberRequest, code: uuid.UUID, text: str) -> HttpResponse:
    return _form(
        request,
        text,
        kind="reply",
        code=code,
        title=_("Edit this reply"),
        label=_("Reply"),
        button=_("Save"),
        help=_(
            "Your version stands beside the original, marked as edited, and goes to the model with your next message. "
            "The original, and what followed it, stay as an alternative."
        ),
        key_name="new_code",
        key=new_code(),
    )


def _form(request: MemberRequest, text: str, **edited: object) -> HttpResponse:
    shown = Edited(address=request.path, **edited)  # type: ignore[arg-type]
    return render(request, "chat/_edit.html", {"edited": shown, "text": text, "modifier": modifier(request)})
