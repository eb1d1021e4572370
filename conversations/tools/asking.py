"""Requests to GLM that tools make beside the reply: each has its row, is tried again where its error's rule allows, and
is told to the model in words when it fails."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext_noop

from conversations import clock
from conversations.codes import new_code
from conversations.db import db
from conversations.glm import Call, GlmError, Kind, retry
from conversations.models import CallKind, Turn, UpstreamCall

from .kind import ToolError, Use

T = TypeVar("T")

NO_DATA = "1703"
"""A search that found nothing, which is no failure."""
WORDS = {
    Kind.BUSY: gettext_noop("Too many searches are being made at once. Try again later, or answer without."),
    Kind.MONEY: gettext_noop("The account is out of credit. Answer without, and say so."),
    Kind.KEY: gettext_noop("The service does not accept this site's key. Answer without, and say so."),
    Kind.ACCOUNT: gettext_noop("The service's account is not usable. Answer without, and say so."),
    Kind.NOT_ALLOWED: gettext_noop("The service's account may not do this. Answer without, and say so."),
    Kind.REFUSED: gettext_noop("The service does not accept these words. Put it differently, or answer without."),
    Kind.REQUEST: gettext_noop("The service does not accept this. Check the arguments."),
    Kind.TIMEOUT: gettext_noop("The service did not answer in time."),
}
FAILED = gettext_noop("The service failed. Answer without it, and say so.")


async def asked(use: Use, make: Callable[[], Call[T]], kind: CallKind) -> T:
    """The result of a request; `make` makes each attempt, under a number of its own. Raises ToolError, and GlmError for
    a search that found nothing."""
    attempt = 1
    while True:
        call = make()
        try:
            return await _once(use, call, kind, attempt)
        except GlmError as error:
            if error.code == NO_DATA:
                raise
            delay = retry.delay(error, attempt, random.random)
            if delay is None:
                raise ToolError(WORDS.get(error.kind, FAILED)) from error
        await asyncio.sleep(delay)
        attempt += 1


async def _once(use: Use, call: Call[T], kind: CallKind, attempt: int) -> T:
    row = await db(_begin, use, call.request_id, kind, attempt)
    error: GlmError | None = None
    finish = "cancelled"
    try:
        result = await use.client.ask(call)
        finish = "done"
    except GlmError as caught:
        error, finish = caught, ""
        raise
    finally:
        await db(_end, row, error, finish)
    return result


def _begin(use: Use, request_id: str, kind: CallKind, attempt: int) -> int:
    code = Turn.objects.filter(pk=use.turn_id).values_list("code", flat=True).first()
    row = UpstreamCall.objects.create(
        code=new_code(),
        turn_id=use.turn_id if code else None,
        turn_code=code,
        person_code=use.person,
        kind=kind,
        attempt=attempt,
        upstream=use.upstream.name,
        request_id=request_id,
        started_at=clock.now(),
    )
    return row.pk


def _end(row: int, error: GlmError | None, finish: str) -> None:
    UpstreamCall.objects.filter(pk=row, ended_at=None).update(
        http_status=error.http_status if error else 200 if finish == "done" else None,
        business_code=(error.code or "")[:20] if error else "",
        error=error.raw if error else "",
        log_id=error.log_id[:128] if error else "",
        finish=finish,
        ended_at=clock.now(),
    )
