"""What a person changes about how the model of a conversation answers: a page, and a dialog of the open page."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from conversations import upstream
from conversations.families import Entry
from conversations.models import Conversation
from conversations.parameters import STOP_LENGTH, Parameters, bounds, offered
from conversations.turns import drafts, prepare
from conversations.turns.drafts import Overtaken
from conversations.turns.errors import Missing

from .answers import MemberRequest, command, is_scripted, see_other
from .forms import DraftForm
from .preferences import preferred_model

DEFAULT = ""  # of a choice that nobody changed
ON, OFF = "on", "off"

WORDS: dict[str, tuple[Any, Any]] = {
    "temperature": (
        gettext_lazy("Temperature"),
        gettext_lazy("Low is steady, high is varied. 0 takes the likeliest word each time."),
    ),
    "top_p": (
        gettext_lazy("Choice of words"),
        gettext_lazy("Only the likeliest words that make up this share. Change this or the temperature, not both."),
    ),
    "max_tokens": (
        gettext_lazy("Longest reply"),
        gettext_lazy("In tokens; thinking counts too. What is longer is cut off."),
    ),
    "stop": (gettext_lazy("Stop word"), gettext_lazy("The reply ends where it would write this.")),
    "do_sample": (gettext_lazy("Chance"), gettext_lazy("Without it the same question gets much the same reply.")),
    "response_format": (
        gettext_lazy("Form of the reply"),
        gettext_lazy("For JSON, say in the message which fields you want."),
    ),
    "thinking": (gettext_lazy("Thinking"), gettext_lazy("Better at hard questions, slower at easy ones.")),
    "reasoning_effort": (gettext_lazy("Effort"), gettext_lazy("How long it thinks before it answers.")),
    "stream": (
        gettext_lazy("Delivery"),
        gettext_lazy("In one piece for servers that stumble over streams; until it is there nothing is shown."),
    ),
    "clear_thinking": (
        gettext_lazy("Earlier thinking"),
        gettext_lazy("Keeping it helps with long tasks and uses more tokens."),
    ),
}
CHOICES: dict[str, tuple[tuple[str, Any], ...]] = {
    "do_sample": ((ON, gettext_lazy("On")), (OFF, gettext_lazy("Off"))),
    "response_format": (("text", gettext_lazy("Text")), ("json_object", "JSON")),
    "thinking": ((ON, gettext_lazy("On")), (OFF, gettext_lazy("Off"))),
    "stream": ((ON, gettext_lazy("As it is written")), (OFF, gettext_lazy("In one piece"))),
    "clear_thinking": ((ON, gettext_lazy("Forget")), (OFF, gettext_lazy("Keep"))),
}
EFFORTS = {"low": gettext_lazy("Low"), "high": gettext_lazy("High"), "max": gettext_lazy("Highest")}
# What a model does by itself, where that is the same for all that know the parameter.
BY_ITSELF = {"do_sample": ON, "response_format": "text", "thinking": ON, "clear_thinking": ON, "stream": ON}


class ParametersForm(forms.Form):
    """The parameters that a model knows; an empty field leaves the matter to the model. What others know is kept as it
    was."""

    def __init__(self, entry: Entry, before: Parameters, data: Any = None) -> None:
        super().__init__(data, initial={name: _written(value) for name, value in before.changed.items()})
        self.entry, self.before = entry, before
        for name in offered(entry):
            self.fields[name] = self._field(name)
            self.fields[name].label, self.fields[name].help_text = WORDS[name]

    @property
    def parameters(self) -> Parameters:
        """What was typed, once the form is valid."""
        found = {name: _value(name, self.cleaned_data[name]) for name in self.fields}
        return Parameters.read({**self.before.changed, **found})

    def _field(self, name: str) -> forms.Field:
        if name == "stop":
            return forms.CharField(required=False, max_length=STOP_LENGTH, strip=False)
        limits = bounds(self.entry).get(name)
        if limits is None:
            choices = EFFORTS.items() if name == "reasoning_effort" else CHOICES[name]
            named = [each for each in choices if name != "reasoning_effort" or each[0] in self.entry.efforts]
            by_itself = BY_ITSELF.get(name, "max")
            return forms.ChoiceField(required=False, choices=[(DEFAULT, _by_default(dict(named)[by_itself])), *named])
        kind: Any = forms.IntegerField if name == "max_tokens" else forms.FloatField
        low, high = f"{limits.low:,g}", f"{limits.high:,}" if name == "max_tokens" else f"{limits.high:g}"
        words = _("From %(low)s to %(high)s, or empty.") % {"low": low, "high": high}
        field: forms.Field = kind(required=False, min_value=limits.low, max_value=limits.high)
        field.error_messages |= {"invalid": words}
        for validator in field.validators:
            validator.message = words  # type: ignore[attr-defined]
        if limits.default is not None:
            told = f"{limits.default:,}" if name == "max_tokens" else f"{limits.default:g}"
            field.widget.attrs["placeholder"] = _by_default(told)
        else:
            field.widget.attrs["placeholder"] = _("as the model likes")
        return field


@require_http_methods(["GET", "HEAD", "POST"])
@command
def parameters(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Look at them, change them, or let them all go back."""
    shown = shown_of(request, code)
    model = model_of(request, shown)
    before = Parameters() if request.POST.get("reset") else Parameters.read(shown.parameters)
    data = {} if request.POST.get("reset") else request.POST
    form = ParametersForm(upstream.entry(model), before, data if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return saved(request, prepare.set_parameters(request.user, code, model, form.parameters), model)
    template = "parameters/_dialog.html" if is_scripted(request) else "parameters/parameters.html"
    context = {"form": form, "conversation": shown, "chosen_model": model, "has_changes": bool(before.changed)}
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
@command
def thinking(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Switch thinking on or off. The button stands in the composer, and without script brings what was typed there."""
    shown = shown_of(request, code)
    model = model_of(request, shown)
    wanted = None if request.POST.get("thinking") == ON else False
    changed = Parameters.read({**Parameters.read(shown.parameters).changed, "thinking": wanted})
    kept = prepare.set_parameters(request.user, code, model, changed)
    if not is_scripted(request):
        keep_text(request, code)
    return saved(request, kept, model)


def shown_of(request: MemberRequest, code: uuid.UUID) -> Conversation:
    """The conversation that something is chosen for, begun or not. Raises Missing for anybody else's."""
    found = Conversation.objects.filter(code=code).first()
    if found is not None and (found.owner_id != request.user.pk or found.deleted_at is not None):
        raise Missing
    return found or Conversation(code=code, owner=request.user, model_name=preferred_model(request.user))


def model_of(request: MemberRequest, shown: Conversation) -> str:
    """The model that the page has chosen; it may not be asked yet."""
    wished = request.POST.get("model") or request.GET.get("model") or shown.model_name
    return upstream.stand_in(wished)


def saved(request: MemberRequest, conversation: Conversation, model: str) -> HttpResponse:
    """The answer to a choice that was kept: what of it the composer shows, or the page."""
    if not is_scripted(request):
        return see_other(reverse("conversation", args=[conversation.code]))
    context = {"conversation": conversation, "chosen_model": model, "is_new": True}
    response = render(request, "chat/_composer_tuning.html", context)
    response["HX-Trigger"] = "chat:done"
    response["HX-Push-Url"] = reverse(
        "conversation", args=[conversation.code]
    )  # from here on it is there after a reload
    return response


def keep_text(request: MemberRequest, code: uuid.UUID) -> None:
    form = DraftForm(request.POST)
    with suppress(Overtaken):  # what was typed elsewhere stands in the page that follows
        if form.is_valid():
            drafts.save(request.user, code, form.typed)


def _by_default(what: Any) -> str:
    return _("%(what)s, by default") % {"what": what}


def _written(value: Any) -> Any:
    return (ON if value else OFF) if isinstance(value, bool) else value


def _value(name: str, typed: Any) -> Any:
    if typed in (None, ""):
        return None
    return typed == ON if name in ("do_sample", "thinking", "clear_thinking", "stream") else typed
