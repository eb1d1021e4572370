"""What people write about a character, checked; every refusal is a sentence beside its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import upstream
from conversations.models import Character, Picture
from conversations.parameters import Parameters, bounds
from conversations.turns import characters

from .forms import clean_line
from .own_or_shared import OwnOrShared, too_long
from .preset_form import LineField, LinesField

LIMITS = ("max_tokens", "temperature")
LENGTHS = {
    "name": characters.NAME_LENGTH,
    "about": characters.ABOUT_LENGTH,
    "bot_info": characters.INFO_LENGTH,
    "user_name": characters.NAME_LENGTH,
    "user_info": characters.PERSON_LENGTH,
    "greeting": characters.GREETING_LENGTH,
    "dialogue": characters.DIALOGUE_LENGTH,
}
ROWS = {"bot_info": 8, "user_info": 2, "greeting": 3, "dialogue": 4}


class CharacterForm(OwnOrShared):
    """`has_reason`: it is the organisation's, and whoever changes it says why."""

    name = LineField(label=gettext_lazy("Name"), help_text=gettext_lazy("Stands over the conversation"))
    about = LineField(label=gettext_lazy("In one line"), help_text=gettext_lazy("For the gallery"), required=False)
    bot_info = LinesField(
        label=gettext_lazy("Who the character is"),
        help_text=gettext_lazy(
            "Past, manner, place, what it knows and what it wants. In all texts {{char}} becomes its name and {{user}} "
            "that of the person."
        ),
    )
    greeting = LinesField(
        label=gettext_lazy("First words"),
        help_text=gettext_lazy("How the character begins the conversation"),
        required=False,
    )
    dialogue = LinesField(
        label=gettext_lazy("Example of how they talk"),
        help_text=gettext_lazy("A few lines of {{user}} and {{char}}. It sets the tone and is not shown."),
        required=False,
    )
    user_name = LineField(
        label=gettext_lazy("What the person is called"),
        help_text=gettext_lazy("Empty: whoever talks with the character"),
        required=False,
    )
    user_info = LinesField(
        label=gettext_lazy("Who the person is"),
        help_text=gettext_lazy("Whom the character believes to have before it"),
        required=False,
    )
    tags = LineField(label=gettext_lazy("Tags"), help_text=gettext_lazy("With commas between them"), required=False)
    model_name = forms.CharField(required=False, max_length=100)
    max_tokens = forms.IntegerField(
        label=gettext_lazy("Longest reply"),
        help_text=gettext_lazy("In tokens; empty leaves it to the model"),
        required=False,
    )
    temperature = forms.FloatField(
        label=gettext_lazy("Temperature"),
        help_text=gettext_lazy("From 0, steady, to 1, varied; empty leaves it to the model"),
        required=False,
        min_value=0,
        max_value=1,
    )
    drop_face = forms.BooleanField(label=gettext_lazy("Without a picture"), required=False)
    reason = LineField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("Kept on record with your name"), required=False
    )

    def __init__(self, data: Any, character: Character, *, has_reason: bool) -> None:
        super().__init__(data, initial=_initial(character))
        self.character, self.has_reason, self.former_model = character, has_reason, character.model_name
        for name in LIMITS:
            self.fields[name].error_messages["invalid"] = _("A number, or empty.")

    def clean_tags(self) -> str:
        words = self.cleaned_data["tags"].replace("，", ",").replace("、", ",").split(",")
        tags = [*dict.fromkeys(tag for word in words if (tag := clean_line(word)))]
        if len(tags) > characters.MOST_TAGS:
            raise forms.ValidationError(_("At most %(most)s are possible.") % {"most": characters.MOST_TAGS})
        for tag in tags:
            if len(tag) > characters.TAG_LENGTH:
                raise forms.ValidationError(too_long(len(tag), characters.TAG_LENGTH))
        return Character.stored_tags(tags)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for name, most in LENGTHS.items():
            if len(data.get(name, "")) > most:
                self.add_error(name, too_long(len(data[name]), most))
        limits = bounds(upstream.entry(data.get("model_name", "")))["max_tokens"]
        if data.get("max_tokens") is not None and not limits.low <= data["max_tokens"] <= limits.high:
            words = _("From %(low)s to %(high)s, or empty.")
            self.add_error("max_tokens", words % {"low": limits.low, "high": f"{limits.high:,}"})
        return data

    def facts(self, face: Picture | None) -> dict[str, Any]:
        """For `characters.save`, with the picture that was brought."""
        data, before = self.cleaned_data, Parameters.read(self.character.parameters)
        kept = None if data["drop_face"] else self.character.face
        limits = Parameters.read({**before.changed, **{name: data[name] for name in LIMITS}})
        texts = {name: data[name] for name in (*characters.TEXTS, "tags", "model_name")}
        return {**texts, "face": face or kept, "parameters": limits.stored}


def _initial(character: Character) -> dict[str, Any]:
    limits = Parameters.read(character.parameters).changed
    texts = {name: getattr(character, name) for name in (*characters.TEXTS, "model_name")}
    return {**texts, "tags": ", ".join(character.tag_list), **{name: limits.get(name) for name in LIMITS}}
