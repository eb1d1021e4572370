"""What a person says to a tool that wants to run."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from conversations import background
from conversations.turns import approval

from .answers import MemberRequest, command, done


@require_POST
@command
def allow(request: MemberRequest, code: uuid.UUID, call: uuid.UUID) -> HttpResponse:
    return _decided(request, code, call, allows=True)


@require_POST
@command
def deny(request: MemberRequest, code: uuid.UUID, call: uuid.UUID) -> HttpResponse:
    return _decided(request, code, call, allows=False)


def _decided(request: MemberRequest, code: uuid.UUID, call: uuid.UUID, *, allows: bool) -> HttpResponse:
    approval.decide(request.user, code, call, allows=allows, begin=background.begin)
    return done(request, code)
