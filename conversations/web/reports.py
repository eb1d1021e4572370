"""Somebody objects to a reply."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from conversations import moderation, present
from conversations.models import FlagSource, ReasonUse, Role, User
from conversations.turns.access import owned
from conversations.turns.errors import Unfit

from .answers import MemberRequest, command, done
from .forms import clean_text

LONGEST = 2000


class ReportForm(forms.Form):
    """What is wrong with a reply: one of the reasons, and words if one likes."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"), widget=forms.RadioSelect(attrs={"class": "choice__input"})
    )
    words = forms.CharField(
        label=gettext_lazy("In your words"), required=False, max_length=LONGEST, widget=forms.Textarea
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        offered = moderation.offered_reasons(ReasonUse.REPORT)
        self.fields["reason"].choices = [(each.code, gettext(each.words)) for each in offered]  # type: ignore[attr-defined]

    def clean_words(self) -> str:
        return clean_text(self.cleaned_data["words"])


def _stays(person: User) -> bool:
    """Whether what this person reports stays in sight until somebody has looked."""
    return not moderation.withdraws([moderation.Concern(FlagSource.REPORT, Role.ASSISTANT)], person)


@require_http_methods(["GET", "HEAD", "POST"])
@command
def report(request: MemberRequest, code: uuid.UUID, message: uuid.UUID) -> HttpResponse:
    """Put a reply before a reviewer; twice changes nothing."""
    conversation = owned(request.user, code)
    reply = conversation.messages.filter(code=message, role=Role.ASSISTANT).first()
    if reply is None:
        raise Http404
    if reply.is_open or not present.may_be_sent(reply.visibility):
        raise Unfit
    reply.conversation = conversation
    form = ReportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"conversation": conversation, "message": reply, "form": form, "stays": _stays(request.user)}
        return render(request, "chat/report.html", context, status=422 if form.is_bound else 200)
    moderation.report(reply, request.user, form.cleaned_data["reason"], form.cleaned_data["words"])
    return done(request, code, gettext("Thank you. A person will look at this reply."))
