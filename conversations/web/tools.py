"""Which tools a model may use in a conversation: a page, and a dialog of the open page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from conversations import tools as kinds
from conversations import upstream
from conversations.models import Approval, Conversation
from conversations.tools import Choice, Offer
from conversations.turns import prepare

from .answers import MemberRequest, command, is_scripted, see_other
from .parameters import model_of, shown_of

ASKS = {
    Approval.NEVER: gettext_lazy("runs by itself"),
    Approval.FIRST: gettext_lazy("asks the first time"),
    Approval.ALWAYS: gettext_lazy("asks every time"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A tool of the form: whether it is on, how often it asks, and which of that may be chosen."""

    offer: Offer
    is_on: bool
    asks: Approval
    choices: tuple[tuple[Approval, Any], ...]


@require_http_methods(["GET", "HEAD", "POST"])
@command
def tools(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Look at them, choose, or leave it to the organisation again."""
    shown = shown_of(request, code)
    model = model_of(request, shown)
    allowed = kinds.allowed_to(request.user)
    if request.method == "POST":
        choice = chosen_in(request.POST, allowed, Choice.read(shown.tools))
        return _saved(request, prepare.set_tools(request.user, code, model, choice, keeps=_keeps(request)), model)
    template = "tools/_dialog.html" if is_scripted(request) else "tools/tools.html"
    choice = kinds.chosen(request.user, shown)
    context = {
        "rows": rows_of(allowed, choice),
        "conversation": shown,
        "chosen_model": model,
        "may_call": upstream.entry(model).calls_functions,
        "has_changes": Choice.read(shown.tools).functions is not None,
    }
    return render(request, template, context)


def rows_of(allowed: Sequence[Offer], choice: Choice) -> list[Row]:
    """Those that are on come first: not all of a long list is in sight, and a number beside the box counts them."""
    return sorted((_row(offer, choice) for offer in allowed), key=lambda row: not row.is_on)


def chosen_in(data: Any, allowed: Sequence[Offer], before: Choice) -> Choice:
    """What a form says: of names that this person may switch on, and never asking less than the rule. Without names,
    the organisation's choice holds again."""
    if data.get("reset"):
        return Choice(others=before.others)
    wanted = set(data.getlist("functions"))
    names = tuple(offer.tool.name for offer in allowed if offer.tool.name in wanted)
    told = {offer.tool.name: data.get(f"asks-{offer.tool.name}", "") for offer in allowed}
    rules = {offer.tool.name: offer.approval for offer in allowed}
    asks = {name: Approval(value) for name, value in told.items() if value in Approval.values and value != rules[name]}
    return Choice(names, asks, before.others)


def _row(offer: Offer, choice: Choice) -> Row:
    name, every = offer.tool.name, list(Approval)
    may = every[every.index(offer.approval) :]
    asked = choice.approval.get(name, offer.approval)
    asks = asked if asked in may else offer.approval
    return Row(offer, name in (choice.functions or ()), asks, tuple((each, ASKS[each]) for each in may))


def _keeps(request: MemberRequest) -> bool:
    return bool(request.POST.get("keep"))


def _saved(request: MemberRequest, saved: Conversation, model: str) -> HttpResponse:
    if not is_scripted(request):
        return see_other(reverse("conversation", args=[saved.code]))
    context = {"conversation": saved, "chosen_model": model, "is_new": True}
    response = render(request, "chat/_composer_tuning.html", context)
    response["HX-Trigger"] = "chat:done"
    response["HX-Push-Url"] = reverse("conversation", args=[saved.code])  # from here on it is there after a reload
    return response
