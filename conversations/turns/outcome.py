"""How a turn ended, in values: what `finish` writes down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from conversations.glm import (
    ChatStream,
    ContentRefused,
    Event,
    FilterLevel,
    Finish,
    Finished,
    GlmError,
    Kind,
    Reply,
    Usage,
)
from conversations.models import FlagSource, Turn, TurnState
from conversations.moderation import Concern, of_levels
from conversations.usage import NOT_TAKEN

EMPTY = "empty"
INSTRUCTIONS = "instructions"  # those of the conversation are
UNANSWERED = "unanswered"  # a person was asked whether a tool may run, and did not say
KNOWLEDGE = "knowledge"  # the base that it should rest on is not there
WORDS = "words"  # the question is on a list of the organisation


@dataclass(frozen=True, slots=True)
class CallEnd:
    """What a call row learns when the call has ended."""

    provider_id: str = ""
    model_answered: str = ""
    log_id: str = ""
    http_status: int | None = None
    business_code: str = ""
    finish: str = ""
    error: str = ""
    usage: Usage = field(default_factory=Usage)
    content_filter: tuple[tuple[str, int | None], ...] = ()
    first_byte_at: dt.datetime | None = None


NOT_ASKED = CallEnd(finish=NOT_TAKEN)
"""Of a call whose request was never made."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state a turn ends in; `concerns` are GLM's judgements, each of which opens or joins a case."""

    state: TurnState
    finish: str = ""
    trouble: str = ""
    trouble_code: str = ""
    resets_at: dt.datetime | None = None
    concerns: tuple[Concern, ...] = ()
    call: CallEnd = field(default_factory=CallEnd)


def call_end(
    stream: ChatStream | None,
    error: GlmError | None = None,
    *,
    finish: str = "",
    first_byte_at: dt.datetime | None = None,
) -> CallEnd:
    """What a call has learned from the reply, as far as there is one, and from the error that ended it."""
    reply = stream.reply if stream else None
    levels = error.content_filter if error else reply.content_filter if reply else ()
    return CallEnd(
        provider_id=reply.id if reply else "",
        model_answered=reply.model if reply else "",
        log_id=(error.log_id if error else "") or (stream.log_id if stream else ""),
        http_status=(error.http_status if error else None) or (stream.status if stream else None),
        business_code=(error.code or "") if error else "",
        finish=finish or (reply.finish_word if reply else "") or _never_sent(error),
        error=error.raw if error else "",
        content_filter=tuple((level.role, level.level) for level in levels),
        first_byte_at=first_byte_at,
        **({"usage": reply.usage} if reply else {}),
    )


def _never_sent(error: GlmError | None) -> str:
    """The finish of a call that GLM has surely not seen: it has used nothing."""
    return NOT_TAKEN if error is not None and error.http_status is None and error.is_surely_not_taken else ""


def of_reply(reply: Reply, *, is_calling: bool = False) -> Outcome:
    """The end of a stream that came to its end. A turn whose model `is_calling` goes on: its state is RUNNING."""
    finish = reply.finish or Finish.BROKEN
    if finish is Finish.SENSITIVE:
        return Outcome(TurnState.FILTERED, finish.value, concerns=_concerns(FlagSource.FINISH, reply.content_filter))
    rated = of_levels(reply.content_filter)
    if finish.is_failure:
        return Outcome(TurnState.FAILED, finish.value, trouble="network", concerns=rated)
    if is_calling and finish in (Finish.STOP, Finish.TOOL_CALLS):
        return Outcome(TurnState.RUNNING, finish.value, concerns=rated)
    if not reply.text.strip() and finish is Finish.CONTEXT_FULL:
        return Outcome(TurnState.FAILED, finish.value, trouble=Kind.TOO_LONG.value, concerns=rated)
    if not reply.text.strip() and finish is not Finish.LENGTH and not reply.has_images:
        return Outcome(TurnState.FAILED, finish.value, trouble=EMPTY, concerns=rated)
    return Outcome(TurnState.COMPLETED, finish.value, concerns=rated)


def of_error(error: GlmError) -> Outcome:
    """The end that an error made."""
    if isinstance(error, ContentRefused) or error.kind is Kind.REFUSED:
        concerns = _concerns(FlagSource.HTTP_1301, error.content_filter)
        return Outcome(TurnState.FILTERED, trouble_code=error.code or "", concerns=concerns)
    # A stream that fell silent had begun with a 200, which explains nothing.
    is_telling = error.http_status is not None and error.http_status >= 400
    code = error.code or (str(error.http_status) if is_telling else "")
    rated = of_levels(error.content_filter)
    return Outcome(
        TurnState.FAILED, trouble=error.kind.value, trouble_code=code, resets_at=error.resets_at, concerns=rated
    )


def pending(turn: Turn) -> tuple[Concern, ...]:
    """What was flagged about a turn before it waited, or before its process died."""
    return tuple(Concern.from_json(each) for each in turn.concerns)


def is_sensitive(events: Iterable[Event]) -> bool:
    """Whether GLM says here that its moderation ends the reply."""
    return any(type(event) is Finished and event.finish is Finish.SENSITIVE for event in events)


def ended(outcome: Outcome, call: CallEnd) -> Outcome:
    return replace(outcome, call=call)


def _concerns(source: str, levels: tuple[FilterLevel, ...]) -> tuple[Concern, ...]:
    return of_levels(levels, source) or (Concern(source),)
