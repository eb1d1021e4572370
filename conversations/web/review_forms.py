"""What reviewers fill in, checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from conversations import clock, moderation
from conversations.models import DECIDED, UNDECIDED, CaseState, FlagSource, ReasonUse
from conversations.moderation import QueueFilter

from .forms import TextField, clean_text

LONGEST = 2000
UNRATED = "none"
RELEASE, UPHOLD = "release", "uphold"

SHOWS: dict[str, QueueFilter] = {
    "": QueueFilter(),
    "mine": QueueFilter(is_mine=True),
    "second": QueueFilter(state=CaseState.PROPOSED),
    "overdue": QueueFilter(is_overdue=True),
    "closed": QueueFilter(is_closed=True),
}
AGES = {
    "1": gettext_lazy("Older than an hour"),
    "4": gettext_lazy("Older than 4 hours"),
    "24": gettext_lazy("Older than a day"),
    "168": gettext_lazy("Older than a week"),
}


class QueueForm(forms.Form):
    """What of the queue somebody wants to see; what makes no sense is left out."""

    show = forms.ChoiceField(required=False, choices=[(name, name) for name in SHOWS])
    state = forms.ChoiceField(required=False, choices=CaseState.choices)
    source = forms.ChoiceField(required=False, choices=[("", gettext_lazy("All kinds")), *FlagSource.choices])
    level = forms.ChoiceField(
        required=False,
        choices=[
            ("", gettext_lazy("All levels")),
            ("0", gettext_lazy("Level 0, the worst")),
            ("1", gettext_lazy("Level 1")),
            ("2", gettext_lazy("Level 2")),
            ("3", gettext_lazy("Level 3")),
            (UNRATED, gettext_lazy("Without a level")),
        ],
    )
    age = forms.ChoiceField(required=False, choices=[("", gettext_lazy("Any age")), *AGES.items()])
    after = forms.UUIDField(required=False)

    @property
    def wanted(self) -> QueueFilter:
        data = self._sensible
        level, age = data.get("level", ""), data.get("age", "")
        shown = SHOWS[data.get("show", "")]
        return replace(
            shown,
            state=data["state"] if data.get("state") in dict(self.states) else shown.state,
            source=data.get("source", ""),
            level=int(level) if level.isdecimal() else None,
            is_unrated=level == UNRATED,
            opened_before=clock.now() - timedelta(hours=int(age)) if age else None,
        )

    @property
    def states(self) -> list[tuple[str, Any]]:
        """Those to choose from; none where all are of one state anyway."""
        offered = {"": UNDECIDED, "overdue": UNDECIDED, "closed": DECIDED}.get(self._sensible.get("show", ""), ())
        return [(state.value, state.label) for state in offered]

    @property
    def _sensible(self) -> dict[str, Any]:
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def chosen(self) -> dict[str, str]:
        """As an address has it."""
        return {name: str(value) for name, value in self._sensible.items() if name != "after"}

    @property
    def after_code(self) -> Any:
        return self._sensible.get("after")


class VerdictForm(forms.Form):
    """A verdict with its reason. Each verdict has reasons of its own, so that none of the other one can slip in."""

    verdict = forms.ChoiceField(
        choices=[(RELEASE, RELEASE), (UPHOLD, UPHOLD)],
        error_messages={"required": gettext_lazy("Release, or uphold?")},
    )
    reason_release = forms.ChoiceField(required=False)
    reason_uphold = forms.ChoiceField(required=False)
    text = forms.CharField(required=False, max_length=LONGEST)
    alike = forms.BooleanField(required=False)
    shown = forms.BooleanField(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name, use in ((RELEASE, ReasonUse.RELEASE), (UPHOLD, ReasonUse.UPHOLD)):
            offered = [(each.code, gettext(each.words)) for each in moderation.offered_reasons(use)]
            self.fields[f"reason_{name}"].choices = offered  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"])

    def clean(self) -> None:
        name = f"reason_{self.cleaned_data.get('verdict', '')}"
        if name in self.cleaned_data and not self.cleaned_data[name]:
            self.add_error(name, gettext("Choose one of the reasons."))

    @property
    def is_release(self) -> bool:
        return bool(self.cleaned_data["verdict"] == RELEASE)

    @property
    def reason(self) -> str:
        return str(self.cleaned_data[f"reason_{self.cleaned_data['verdict']}"])


class NoteForm(forms.Form):
    """Words that other reviewers read and the author does not."""

    text = TextField()

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if len(text) > LONGEST:
            raise forms.ValidationError(gettext("That is too long."), code="too_long")
        return text


class FlagForm(NoteForm):
    """Why another message of the conversation should be looked at as well."""

    level = forms.TypedChoiceField(
        required=False, choices=[("", ""), *((str(n), str(n)) for n in range(4))], coerce=int, empty_value=None
    )
