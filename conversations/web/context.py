"""What a person does with the context of a conversation."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations import background
from conversations.turns import context, counting, gauge
from conversations.turns.errors import Unfit

from .answers import MemberRequest, command, done, refused


class SummaryForm(forms.Form):
    """Empty: as the person prefers."""

    every = forms.ChoiceField(choices=[("", ""), *gauge.EVERY], required=False)


@require_POST
@command
def clear(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Begin anew from here, with the instructions alone."""
    try:
        context.clear(request.user, code)
    except Unfit:
        return refused(request, HTTPStatus.CONFLICT, _("Nothing has been said here yet."))
    return done(request, code)


@require_POST
@command
def reach_back(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Undo a clearing, or use the full text instead of its summary."""
    context.reach_back(request.user, code, message)
    return done(request, code)


@require_POST
@command
def count(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Have GLM count the context; the gauge tells it when it has."""
    try:
        wanted = counting.ask(request.user, code)
    except Unfit:
        return refused(request, HTTPStatus.CONFLICT, _("GLM cannot count this context; the number is an estimate."))
    background.count_context(wanted.pk)
    return done(request, code)


@require_POST
@command
def summarise(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Have earlier turns summarised now."""
    try:
        context.ask_for_summary(request.user, code)
    except Unfit:
        return refused(request, HTTPStatus.CONFLICT, _("There is nothing to summarise, or it is being done already."))
    background.make_summaries()
    return done(request, code)


@require_POST
@command
def stop_summary(request: MemberRequest, code: uuid.UUID, summary: uuid.UUID) -> HttpResponse:
    """Give a summary up."""
    background.stop_summary(context.stop_summary(request.user, code, summary).pk)
    return done(request, code)


@require_POST
@command
def every(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Choose after how many turns earlier ones are summarised in this conversation."""
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return refused(request, HTTPStatus.UNPROCESSABLE_ENTITY, _("There is no such choice."))
    chosen = form.cleaned_data["every"]
    context.summarise_every(request.user, code, int(chosen) if chosen else None)
    return done(request, code, _("Saved."))
