"""The form of an order for an image or a video: the parameters that its model knows, and no other."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from conversations.families import Making

from .forms import clean_text

BY_ITSELF = ""  # of a choice that is left to the model
NUMBERS = ("fps", "duration")

# The parameter, the choices of a model that knows it, and what it is called.
CHOICES: tuple[tuple[str, str, Any], ...] = (
    ("size", "sizes", gettext_lazy("Size")),
    ("quality", "qualities", gettext_lazy("Quality")),
    ("duration", "durations", gettext_lazy("Length")),
    ("fps", "fps", gettext_lazy("Frames a second")),
    ("aspect_ratio", "aspect_ratios", gettext_lazy("Shape")),
    ("style", "styles", pgettext_lazy("of a video", "Style")),
    ("movement_amplitude", "movements", gettext_lazy("Movement")),
)
WIDTH, HEIGHT = "width", "height"
SIDES: tuple[tuple[str, Any], ...] = ((WIDTH, gettext_lazy("Width")), (HEIGHT, gettext_lazy("Height")))
WORDS: dict[str, Any] = {
    "standard": gettext_lazy("standard"),
    "hd": gettext_lazy("fine, slower"),
    "speed": gettext_lazy("fast"),
    "quality": gettext_lazy("fine, slower"),
    "general": pgettext_lazy("style of a video", "real"),
    "anime": pgettext_lazy("style of a video", "drawn"),
    "auto": gettext_lazy("as it fits"),
    "small": gettext_lazy("little"),
    "medium": gettext_lazy("some"),
    "large": gettext_lazy("much"),
}


class MakingForm(forms.Form):
    """`text` is the prompt; an empty choice leaves the matter to the model. A size of one's own goes before one that is
    chosen."""

    text = forms.CharField(required=False, strip=False, widget=forms.Textarea)

    def __init__(self, making: Making, data: Any = None) -> None:
        super().__init__(data)
        self.making = making
        self.fields["text"].validators = []
        for name, known, label in CHOICES:
            values = getattr(making, known)
            if len(values) > 1:
                told = [(str(value), _told(name, value)) for value in values]
                choices = [(BY_ITSELF, _("As the model does")), *told]
                self.fields[name] = forms.ChoiceField(choices=choices, required=False, label=label)
        if making.free_size is not None:
            for name, label in SIDES:
                self.fields[name] = forms.IntegerField(required=False, label=label)
        if making.has_audio:
            self.fields["with_audio"] = forms.BooleanField(required=False, label=_("With sound"))

    @property
    def choices(self) -> list[Any]:
        return [self[name] for name, _known, _label in CHOICES if name in self.fields]

    @property
    def sides(self) -> list[Any]:
        """The fields of a size that is on no list, where the model takes one."""
        return [self[name] for name, _label in SIDES if name in self.fields]

    @property
    def prompt(self) -> str:
        """What is in the box."""
        return str(self.data.get("text", "")) if self.is_bound else ""

    def clean_text(self) -> str:
        text = clean_text(self.cleaned_data["text"])
        if len(text) > self.making.prompt:
            words = ngettext(
                "This model takes at most %(most)s characters; these are %(count)s.",
                "This model takes at most %(most)s characters; these are %(count)s.",
                len(text),
            )
            raise forms.ValidationError(words % {"most": self.making.prompt, "count": len(text)})
        return text

    def clean(self) -> dict[str, Any]:
        """Of an own size both sides are needed, and the model has to take it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        free, width, height = self.making.free_size, cleaned.get(WIDTH), cleaned.get(HEIGHT)
        if free is None or self.has_error(WIDTH) or self.has_error(HEIGHT) or width is height is None:
            return cleaned
        if width is None or height is None:
            self.add_error(WIDTH if width is None else HEIGHT, _("A size of your own needs both sides."))
        elif not free.fits(width, height):
            self.add_error(WIDTH, _("This model does not make that size."))
        return cleaned

    def is_fitting(self, image_count: int) -> bool:
        """Whether it can be ordered with so many pictures; what is wrong is told."""
        if not self.is_valid():
            return False
        making = self.making
        if not self.cleaned_data["text"] and (making.needs_prompt or not image_count):
            self.add_error("text", _("Say what is to be seen."))
        if image_count < making.least_images:
            words = ngettext(
                "This model needs %(least)s picture.", "This model needs %(least)s pictures.", making.least_images
            )
            self.add_error(None, words % {"least": making.least_images})
        if image_count > making.most_images:
            words = ngettext(
                "This model takes at most %(most)s picture.",
                "This model takes at most %(most)s pictures.",
                making.most_images,
            )
            self.add_error(None, words % {"most": making.most_images})
        return not self.errors

    @property
    def parameters(self) -> dict[str, Any]:
        """What was chosen, as it is sent."""
        chosen = {name: self.cleaned_data.get(name) for name, _known, _label in CHOICES}
        told: dict[str, Any] = {
            name: int(value) if name in NUMBERS else value for name, value in chosen.items() if value
        }
        if self.cleaned_data.get(WIDTH):
            told["size"] = f"{self.cleaned_data[WIDTH]}x{self.cleaned_data[HEIGHT]}"
        return told | ({"with_audio": True} if self.cleaned_data.get("with_audio") else {})


def _told(name: str, value: Any) -> Any:
    match name:
        case "size":
            return str(value).replace("x", " × ")
        case "duration":
            return _("%(seconds)s s") % {"seconds": value}
    return WORDS.get(str(value), value)
