"""What the forms of presets and characters have in common: each is of one person or of the organisation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from conversations import upstream

REASON_LENGTH = 300


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
