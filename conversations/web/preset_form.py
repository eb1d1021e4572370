"""What people write into a preset, checked; every refusal is a sentence beside its field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import upstream
from conversations.models import Preset, Variable
from conversations.parameters import Parameters
from conversations.tools import Choice, Offer
from conversations.turns import instructions, presets
from conversations.turns.instructions import Unreadable

from .forms import clean_line, clean_text
from .own_or_shared import OwnOrShared, too_long
from .parameters import ParametersForm
from .tools import Row, chosen_in, rows_of


class LinesField(forms.CharField):
    """A text of several lines; it is cleaned as questions are."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)
        self.validators = []

    def to_python(self, value: Any) -> str:
        return clean_text(str(value or ""))


class LineField(LinesField):
    def to_python(self, value: Any) -> str:
        return clean_line(str(value or ""))


class PresetForm(OwnOrShared):
    """`allowed` are the tools that its maker may switch on, with the rules that hold for them. `has_reason`: it is the
    organisation's, and whoever changes it says why. The parameters are those that `shown_model` knows, for which the
    page was drawn; what other models know is kept as it was."""

    name = LineField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("Stands on the first page and over the conversation")
    )
    about = LineField(label=gettext_lazy("What it is for"), help_text=gettext_lazy("One line"), required=False)
    system_prompt = LinesField(
        label=gettext_lazy("Instructions"),
        help_text=gettext_lazy(
            "They go before every question. {{name}} becomes the person's name, {{date}} the day on which the "
            "conversation begins."
        ),
    )
    variables = LinesField(
        label=gettext_lazy("What to ask at the start"),
        help_text=gettext_lazy(
            "One a line, such as “topic: What is it about?”. The answer stands where the instructions say {{topic}}."
        ),
        required=False,
    )
    starters = LinesField(
        label=gettext_lazy("First questions to choose from"),
        help_text=gettext_lazy("One a line; what is asked at the start may stand in them too."),
        required=False,
    )
    model_name = forms.CharField(required=False, max_length=100)
    reason = LineField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("Kept on record with your name"), required=False
    )

    def __init__(
        self, data: Any, preset: Preset, allowed: Sequence[Offer] = (), *, has_reason: bool, shown_model: str
    ) -> None:
        super().__init__(data, initial=_initial(preset))
        self.preset, self.has_reason, self.former_model = preset, has_reason, preset.model_name
        # A page that was drawn without them leaves them as they are.
        typed = data if data is not None and "shown_model" in data else None
        self.parameters = ParametersForm(upstream.entry(shown_model), Parameters.read(preset.parameters), typed)
        self._allowed = allowed

    def clean_name(self) -> str:
        return self._bounded("name", presets.NAME_LENGTH)

    def clean_about(self) -> str:
        return self._bounded("about", presets.ABOUT_LENGTH)

    def clean_variables(self) -> tuple[Variable, ...]:
        try:
            return instructions.variables_in(self.cleaned_data["variables"])
        except Unreadable as line:
            words = _("“%(line)s” cannot be read. Each line is a name of letters, a colon, and what to ask.")
            raise forms.ValidationError(words % {"line": str(line)[:80]}) from None

    def clean_starters(self) -> list[str]:
        starters = [line.strip() for line in self.cleaned_data["starters"].splitlines() if line.strip()]
        if len(starters) > presets.MOST_STARTERS:
            raise forms.ValidationError(_("At most %(most)s are possible.") % {"most": presets.MOST_STARTERS})
        for each in starters:
            if len(each) > presets.STARTER_LENGTH:
                raise forms.ValidationError(too_long(len(each), presets.STARTER_LENGTH))
        return starters

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.parameters.is_bound and not self.parameters.is_valid():
            self.add_error(None, _("Look at the parameters again."))
        text = data.get("system_prompt", "")
        if len(text) > presets.PROMPT_LENGTH:
            self.add_error("system_prompt", too_long(len(text), presets.PROMPT_LENGTH))
        self._check_placeholders("system_prompt", text)
        self._check_placeholders("starters", "\n".join(data.get("starters", ())))
        return data

    def _check_placeholders(self, name: str, text: str) -> None:
        known = self.cleaned_data.get("variables")
        if known is not None and (unknown := instructions.unknown(text, known)):
            words = _("{{%(name)s}} is not known. Use {{name}} or {{date}}, or write what to ask for it.")
            self.add_error(name, words % {"name": unknown[0]})

    @property
    def facts(self) -> dict[str, Any]:
        """For `presets.save`."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("name", "about", "system_prompt", "starters", "model_name")},
            "variables": Preset.stored(data["variables"]),
            "parameters": self.parameters.parameters.stored if self.parameters.is_bound else self.preset.parameters,
            "tools": self._choice.stored,
        }

    @property
    def rows(self) -> list[Row]:
        """The tools to choose from, as they are chosen."""
        return rows_of(self._allowed, self._choice if self.is_bound else Choice.read(self.preset.tools))

    @property
    def _choice(self) -> Choice:
        """What is switched on, and how often it asks then. What its maker may not switch on stays as it was; without
        any tool the preset leaves those of the page."""
        before, mine = Choice.read(self.preset.tools), {offer.tool.name for offer in self._allowed}
        kept = tuple(name for name in before.functions or () if name not in mine)
        chosen = chosen_in(self.data, self._allowed, before)
        names = (*(chosen.functions or ()), *kept)
        asks = {name: each for name, each in before.approval.items() if name in kept}
        asks |= {name: each for name, each in chosen.approval.items() if name in names}
        return Choice(names or None, asks, before.others)

    def _bounded(self, name: str, most: int) -> str:
        value: str = self.cleaned_data[name]
        if len(value) > most:
            raise forms.ValidationError(too_long(len(value), most))
        return value


def _initial(preset: Preset) -> dict[str, Any]:
    return {
        "name": preset.name,
        "about": preset.about,
        "system_prompt": preset.system_prompt,
        "variables": instructions.lines_of(preset.asked),
        "starters": "\n".join(preset.starters),
        "model_name": preset.model_name,
    }
