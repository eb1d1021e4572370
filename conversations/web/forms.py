"""What people type, checked; every refusal is a sentence for them."""

import re
import unicodedata
import uuid
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

TITLE_LENGTH = 200

# C0 and C1 controls carry no meaning in a text; a line break and a tab do. A lone surrogate cannot be stored.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAKS = re.compile("\r\n?|\u0085")
_BLANK_LINES_FIRST = re.compile(r"\A(?:[^\S\n]*\n)+")


def clean_text(text: str) -> str:
    """The text as it is stored: `\\n` for every line break, no control characters, no blank lines around it."""
    text = _CONTROLS.sub("", _LINE_BREAKS.sub("\n", text)).rstrip()
    return _BLANK_LINES_FIRST.sub("", text)


def clean_line(text: str) -> str:
    """A text on one line, without the marks that turn the direction of what follows on the page."""
    marks = (character for character in clean_text(text) if unicodedata.bidirectional(character) not in _TURNING)
    return " ".join("".join(marks).split())


_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


class TextField(forms.CharField):
    """A long text; Django's own NUL check would refuse what we clean."""

    widget = forms.Textarea

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)
        self.validators = []

    def to_python(self, value: Any) -> str:
        return clean_text(str(value or ""))

    def validate(self, value: str) -> None:
        if not value:
            raise forms.ValidationError(_("The message is empty. Nothing was sent."), code="required")
        most = settings.CHATSITE_MAX_PROMPT
        if len(value) > most:
            raise forms.ValidationError(_too_long(len(value), most), code="too_long")


class QuestionForm(forms.Form):
    """A question, with the key that makes a form sent twice one question."""

    text = TextField()
    client_key = forms.UUIDField(required=False)
    model = forms.CharField(required=False, max_length=100)

    @property
    def status(self) -> HTTPStatus:
        """How the refusal of this form is answered."""
        if self.has_error("text", "too_long"):
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return HTTPStatus.UNPROCESSABLE_ENTITY

    @property
    def words(self) -> str:
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class TitleForm(forms.Form):
    """The name that a person gives a conversation."""

    title = forms.CharField(max_length=10 * TITLE_LENGTH, strip=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["title"].validators = []

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"])[:TITLE_LENGTH]
        if not title:
            raise forms.ValidationError(_("A conversation needs a name."), code="required")
        return title


def key_of(value: str) -> uuid.UUID | None:
    """The client key of a button; None for anything that is not one."""
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def _too_long(length: int, most: int) -> str:
    words = ngettext(
        "The message has %(length)s characters; %(most)s character is possible. It is kept here and was not sent.",
        "The message has %(length)s characters; %(most)s characters are possible. It is kept here and was not sent.",
        most,
    )
    return words % {"length": f"{length:,}", "most": f"{most:,}"}
