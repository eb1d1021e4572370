"""What presets and characters have in common: each is of one person or of the organisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.db.models import Manager
from django.utils.translation import gettext as _

from conversations import upstream
from conversations.models import Character, Preset, User

from .answers import MemberRequest
from .forms import key_of

REASON_LENGTH = 300
Row = TypeVar("Row", Character, Preset)


class OwnOrShared(forms.Form):
    """`has_reason`: it is the organisation's, and whoever changes it says why. `former_model` may stay, offered or
    not."""

    has_reason = False
    former_model = ""

    def clean_model_name(self) -> str:
        name: str = self.cleaned_data["model_name"]
        if name and name not in upstream.offered_models() and name != self.former_model:
            raise forms.ValidationError(_("This model is not offered here."))
        return name

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"][:REASON_LENGTH]
        if self.has_reason and not reason:
            raise forms.ValidationError(_("Please say why: it is kept on record."))
        return reason


def too_long(length: int, most: int) -> str:
    """What to say of a text."""
    words = _("That is %(length)s characters; %(most)s are possible.")
    return words % {"length": f"{length:,}", "most": f"{most:,}"}


def just_deleted(request: MemberRequest, rows: Manager[Row], may_change: Callable[[User, Row], bool]) -> Row | None:
    """What the page before has deleted, by the code in the address, while its person may take that back."""
    code = key_of(request.GET.get("deleted", ""))
    found = rows.filter(code=code).exclude(deleted_at=None).first() if code else None
    return found if found is not None and may_change(request.user, found) else None
