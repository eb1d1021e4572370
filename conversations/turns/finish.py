"""The one-time end of a turn: reply sealed, call closed, flags acted on, pages told, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from django.db import models

from conversations import broadcast, clock, evidence, moderation, pictures, present
from conversations.glm import tokens
from conversations.markdown import RENDERER_VERSION
from conversations.models import (
    HISTORY,
    OPEN_CALLS,
    Conversation,
    Message,
    MessageState,
    Part,
    Picture,
    Role,
    ToolCall,
    ToolCallState,
    Turn,
    TurnState,
    UpstreamCall,
    User,
)
from conversations.models.prepared import Lookup, update
from conversations.moderation import Concern
from conversations.pictures import SentPicture

from . import following, hosted_uses, upcoming
from .outcome import CallEnd, Outcome

_whole = Lookup(Turn, "pk", along=("conversation", "conversation__owner", "person", "question", "reply"))


def finish(
    turn_id: int,
    runner: str,
    outcome: Outcome,
    parts: Sequence[Part],
    html: Sequence[str] | None = None,
    *,
    call_id: int | None = None,
    reasoning_seconds: float | None = None,
) -> bool:
    """End a running or delegated turn of `runner`, or one that nobody runs (""); False when it is not that runner's any
    more: then nothing was written.

    `html` is the rendering of `parts` if somebody has made it already.
    """
    with evidence.recording():
        turn = _whole.first(turn_id)
        if turn is None or turn.runner != runner or not _may_end(turn, outcome):
            return False
        turn.conversation.next_revision()
        outcome = _ruled(outcome, turn)
        parts, html = _with_drawings(turn, parts, html)
        if not _end(turn, outcome, reasoning_seconds):
            return False
        _seal(turn, parts, html, is_clean=not outcome.concerns)
        if any(part.kind == "tool" for part in parts):
            _cancel_calls(turn)
        if call_id is not None:
            end_call(call_id, outcome.call)
        if outcome.concerns:
            concerns = outcome.concerns if call_id is None else of_call(outcome.concerns, call_id)
            _flag(turn, concerns, parts)
        _tell(turn)
        following.follow(turn)
        upcoming.follow(turn)
    return True


def flag_ended(turn_id: int, concerns: Sequence[Concern], parts: Sequence[Part]) -> bool:
    """Act on flags about a turn that somebody has ended who did not know of them; False when that was done already.

    A reply that was stored without a text gets the one that was flagged: reviewers have to read something.
    """
    with evidence.recording():
        turn = _whole.first(turn_id)
        if turn is None:
            return False
        turn.conversation.next_revision()
        if not Turn.objects.filter(pk=turn.pk, flagged_at=None).update(flagged_at=clock.now()):
            return False
        turn.reply.conversation = turn.conversation
        if turn.reply.purged_at is None and not turn.reply.parts:
            update(Message, {"pk": turn.reply.pk}, parts=tuple(parts))
            turn.reply.parts = tuple(parts)
        _flag(turn, concerns, turn.reply.parts)
        _tell(turn)
    return True


def end_unstarted(turn: Turn, state: TurnState) -> bool:
    """End a turn that nobody runs, inside the caller's transaction; False when somebody took it first."""
    turn.conversation.next_revision()
    if not turn.move(state, ended_at=clock.now()):
        return False
    _seal(turn, (), ())
    _tell(turn)
    return True


def end_call(call_id: int, end: CallEnd) -> None:
    """Write down what a call learned; a second end changes nothing."""
    update(
        UpstreamCall,
        {"pk": call_id, "ended_at": None},
        provider_id=_fit(UpstreamCall, "provider_id", end.provider_id),
        model_answered=_fit(UpstreamCall, "model_answered", end.model_answered),
        log_id=_fit(UpstreamCall, "log_id", end.log_id),
        http_status=end.http_status,
        business_code=_fit(UpstreamCall, "business_code", end.business_code),
        finish=_fit(UpstreamCall, "finish", end.finish),
        error=end.error,
        content_filter=[{"role": role, "level": level} for role, level in end.content_filter],
        prompt_tokens=end.usage.prompt,
        completion_tokens=end.usage.completion,
        reasoning_tokens=end.usage.reasoning,
        cached_tokens=end.usage.cached,
        first_byte_at=end.first_byte_at,
        ended_at=clock.now(),
    )


def _may_end(turn: Turn, outcome: Outcome) -> bool:
    """What nobody runs can only be given up."""
    is_given_up = outcome.state in (TurnState.STOPPED, TurnState.FAILED)
    is_taken = turn.state in (TurnState.RUNNING, TurnState.DELEGATED)
    return is_taken or (turn.is_live and not turn.runner and is_given_up)


def _end(turn: Turn, outcome: Outcome, reasoning_seconds: float | None) -> bool:
    roles = {concern.role for concern in outcome.concerns}
    return turn.move(
        outcome.state,
        finish=outcome.finish,
        trouble=HISTORY if HISTORY in roles else outcome.trouble,
        trouble_code=_fit(Turn, "trouble_code", outcome.trouble_code),
        resets_at=outcome.resets_at,
        reasoning_seconds=reasoning_seconds,
        ended_at=clock.now(),
        lease_until=None,
        needs_room=False,
        open_parts=(),
        concerns=[],
        expires_at=None,
    )


def _ruled(outcome: Outcome, turn: Turn) -> Outcome:
    """A reply that came to its end is filtered all the same when what was flagged about it withdraws it."""
    if outcome.state != TurnState.COMPLETED:
        return outcome
    outcome = outcome if outcome.concerns else replace(outcome, concerns=moderation.sampled())
    if outcome.concerns and moderation.withdraws(outcome.concerns, turn.conversation.owner):
        return replace(outcome, state=TurnState.FILTERED)
    return outcome


def _with_drawings(
    turn: Turn, parts: Sequence[Part], html: Sequence[str] | None
) -> tuple[Sequence[Part], Sequence[str] | None]:
    """The pictures that an assistant drew stand below its text, and are the reply's from here on."""
    words = dict(hosted_uses.pictures_in(parts))
    if not words:
        return parts, html
    found = Picture.objects.of(turn.conversation.owner).in_bulk(list(words), field_name="code")
    drawn = [SentPicture(picture, words[str(code)]) for code, picture in found.items()]
    if not pictures.use(turn.reply, turn.conversation.owner, drawn):
        return parts, html
    return (*parts, *pictures.parts_of(drawn)), None if html is None else (*html, *([""] * len(drawn)))


def _fit(model: type[models.Model], field: str, word: str) -> str:
    """A foreign server's word, cut to its column: PostgreSQL refuses a longer one, and the whole reply with it."""
    column = model._meta.get_field(field)
    return word[: column.max_length] if isinstance(column, models.CharField) else word


def _seal(turn: Turn, parts: Sequence[Part], html: Sequence[str] | None, *, is_clean: bool = True) -> None:
    """A flagged reply is rendered when somebody may see it."""
    html = present.render_parts(parts, turn.reply.code) if html is None and is_clean else html
    turn.reply.conversation = turn.conversation
    turn.reply.move(
        MessageState.SEALED,
        parts=tuple(parts),
        html=list(html) if html is not None and is_clean else None,
        renderer_version=RENDERER_VERSION if is_clean else None,
        token_count=tokens.estimated(present.sent_text(parts)),
        sealed_at=clock.now(),
        revision=turn.conversation.revision,
    )


def _cancel_calls(turn: Turn) -> None:
    """Whatever has not come to its end goes with the turn."""
    for call in ToolCall.objects.filter(turn=turn, state__in=OPEN_CALLS):
        call.move(ToolCallState.CANCELLED, ended_at=clock.now())


def of_call(concerns: Sequence[Concern], call_id: int) -> list[Concern]:
    """The concerns with the request that raised them, which the record of the case names."""
    code = UpstreamCall.objects.values_list("code", flat=True).get(pk=call_id)
    return [replace(concern, call_code=concern.call_code or code) for concern in concerns]


def _flag(turn: Turn, concerns: Sequence[Concern], parts: Sequence[Part]) -> None:
    moderation.open_cases(turn, concerns, parts)
    if turn.question.role == Role.USER:  # what can be done with it depends on what became of the reply
        Message.objects.filter(pk=turn.question_id).update(revision=turn.conversation.revision)


def _tell(turn: Turn) -> None:
    listed = User.raise_revision(turn.conversation.owner.pk)
    # Who stops a reply knows what there is of it.
    news = {} if turn.state == TurnState.STOPPED else {"news_revision": turn.conversation.revision}
    update(Conversation, {"pk": turn.conversation.pk}, listed_revision=listed, **news)
    broadcast.conversation_moved(turn.conversation, turn=turn.code)
    broadcast.list_moved(turn.conversation.owner, listed)


def interrupted_call(turn_code: uuid.UUID) -> None:
    """Close the calls of a turn whose process died."""
    rows = UpstreamCall.objects.filter(turn_code=turn_code, ended_at=None)
    rows.update(finish=TurnState.INTERRUPTED, ended_at=clock.now())
