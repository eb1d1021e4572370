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

from conversations.codes import code_of
from conversations.turns.drafts import Typed

TITLE_LENGTH = 200

# C0 and C1 controls carry no meaning in a text; a line break and a tab do. A lone surrogate cannot be stored.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAKS = re.compile("\r\n?|\u0085")
_BLANK_LINES_FIRST = re.compile(r"\A(?:[^\S\n]*\n)+")


def clean_text(text: str) -> str:
    """The text as it is stored: `\\n` for every line break, no control characters, no blank lines around it."""
    return _BLANK_LINES_FIRST.sub("", tidy_text(text).rstrip())


def tidy_text(text: str) -> str:
    """The same for a text that is still being written: what is around it stays."""
    return _CONTROLS.sub("", _LINE_BREAKS.sub("\n", text))


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
        if self.required and not value:
            raise empty()
        most = settings.CHATSITE_MAX_PROMPT
        if len(value) > most:
            raise forms.ValidationError(_too_long(len(value), most), code="too_long")


def empty() -> forms.ValidationError:
    return forms.ValidationError(_("The message is empty. Nothing was sent."), code="required")


class CodesField(forms.Field):
    """Codes under one name, each once; what is none is left out."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[uuid.UUID]:
        codes = (key_of(str(each)) for each in (value or ())[:100])
        return [*dict.fromkeys(code for code in codes if code)]


class QuestionForm(forms.Form):
    """A question, with the key that makes a form sent twice one question.

    `draft` is the version of the draft that its page knew, 0 for none; without it nothing of the text was ever kept.
    `tray` names the pictures in its box; of an edited question `without` names those that are left out.
    With pictures, which an edited question may have already, there need be no text.
    """

    text = TextField(required=False)
    client_key = forms.UUIDField(required=False)
    model = forms.CharField(required=False, max_length=100)
    draft = forms.IntegerField(required=False, min_value=0, max_value=2**53)
    tray = CodesField()
    without = CodesField()

    def __init__(self, *args: Any, has_pictures: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self._has_pictures = has_pictures

    def clean(self) -> None:
        data = self.cleaned_data
        if not data.get("text", " ") and not data.get("tray") and not self._has_pictures:
            self.add_error("text", empty())

    @property
    def status(self) -> HTTPStatus:
        """How the refusal of this form is answered."""
        if self.has_error("text", "too_long"):
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return HTTPStatus.UNPROCESSABLE_ENTITY

    @property
    def words(self) -> str:
        return " ".join(words_of(self))


def words_of(form: forms.Form) -> list[str]:
    """All that is wrong with it, field by field."""
    return [str(error) for errors in form.errors.values() for error in errors]


class DraftForm(forms.Form):
    """A text that is still being written; it may be too long to be sent, which its person is about to change."""

    text = forms.CharField(required=False, strip=False)
    client_key = forms.UUIDField()
    draft = forms.IntegerField(required=False, min_value=0, max_value=2**53)
    seq = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].validators = []

    def clean_text(self) -> str:
        text = tidy_text(self.cleaned_data["text"])
        if len(text) > 2 * settings.CHATSITE_MAX_PROMPT:
            raise forms.ValidationError("too long to be kept", code="too_long")
        return text

    @property
    def typed(self) -> Typed:
        data = self.cleaned_data
        return Typed(data["text"], data["draft"] or 0, data["client_key"], data["seq"] or 1)


class TitleForm(forms.Form):
    """The name that a person gives a conversation."""

    title = forms.CharField(required=False, max_length=10 * TITLE_LENGTH, strip=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["title"].validators = []

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"])[:TITLE_LENGTH]
        if not title:
            raise forms.ValidationError(_("A conversation needs a name."), code="required")
        return title


def key_of(value: str) -> uuid.UUID | None:
    """The client key of a button, or another code that comes with a form; None for anything that is not one."""
    return code_of(value)


def _too_long(length: int, most: int) -> str:
    words = ngettext(
        "The message has %(length)s characters; %(most)s character is possible. It is kept here and was not sent.",
        "The message has %(length)s characters; %(most)s characters are possible. It is kept here and was not sent.",
        most,
    )
    return words % {"length": f"{length:,}", "most": f"{most:,}"}
