"""How a turn ended, in values: what `finish` writes down."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from conversations.glm import ContentRefused, Finish, GlmError, Kind, Reply, Usage
from conversations.models import FlagSource, TurnState
from conversations.moderation import Concern

EMPTY = "empty"
HISTORY = "history"


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


def of_reply(reply: Reply) -> Outcome:
    """The end of a stream that came to its end."""
    finish = reply.finish or Finish.BROKEN
    if finish is Finish.SENSITIVE:
        return Outcome(TurnState.FILTERED, finish.value, concerns=_concerns(FlagSource.FINISH, reply.content_filter))
    if finish.is_failure:
        return Outcome(TurnState.FAILED, finish.value, trouble="network")
    if not reply.text.strip() and finish is not Finish.LENGTH:
        return Outcome(TurnState.FAILED, finish.value, trouble=EMPTY)
    return Outcome(TurnState.COMPLETED, finish.value)


def of_error(error: GlmError) -> Outcome:
    """The end that an error made."""
    if isinstance(error, ContentRefused) or error.kind is Kind.REFUSED:
        concerns = _concerns(FlagSource.HTTP_1301, error.content_filter)
        return Outcome(TurnState.FILTERED, trouble_code=error.code or "", concerns=concerns)
    # A stream that fell silent had begun with a 200, which explains nothing.
    is_telling = error.http_status is not None and error.http_status >= 400
    code = error.code or (str(error.http_status) if is_telling else "")
    return Outcome(TurnState.FAILED, trouble=error.kind.value, trouble_code=code, resets_at=error.resets_at)


def ended(outcome: Outcome, call: CallEnd) -> Outcome:
    return replace(outcome, call=call)


def _concerns(source: str, levels: tuple[object, ...]) -> tuple[Concern, ...]:
    told = tuple(Concern(source, level.role, level.level) for level in levels)  # type: ignore[attr-defined]
    return told or (Concern(source),)
