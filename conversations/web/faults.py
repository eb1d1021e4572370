"""What administrators can do about a fault of the account at GLM: let the next question find out whether it is over."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations import faults
from conversations.models import Fault

from .answers import MemberRequest, is_scripted, see_other
from .listing import way_back
from .people import administrators


@require_POST
@administrators
def try_again(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Nothing is sent now: whoever asks next is answered, or told the same again."""
    fault = Fault.objects.filter(code=code).first()
    if fault is None:
        raise Http404
    is_open = faults.try_again(fault)
    words = _("The next question goes to GLM again.") if is_open else _("That is over already.")
    if is_scripted(request):
        return render(request, "chat/_told.html", {"words": words})
    messages.info(request, words)
    return see_other(way_back(request, reverse("new")))
