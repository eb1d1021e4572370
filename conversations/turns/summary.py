"""The making of a summary: one short request, for a turn that has no room or beside everything else.

A summary stands in prompts in the place of the turns it was made of, and only while all of them may be sent. What was
asked for is in rows before anything is done about it, so that whoever dies leaves it to be made again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from conversations import clock, crypto, evidence, faults, moderation, scale, standing, sweeping, upstream
from conversations.db import db
from conversations.glm import ChatMessage, ChatRequest, Client, Finish, GlmError, Reply, tokens
from conversations.models import (
    CallKind,
    ContextEnd,
    Conversation,
    Message,
    Summary,
    SummaryState,
    Turn,
    TurnState,
    User,
    Visibility,
    text_part,
)
from conversations.models.kept import kept, kept_rows
from conversations.moderation import Concern

from . import beside, context, judged, path, prompt, screen, summary_words
from .claim import told_to
from .finish import end_call
from .outcome import CallEnd, call_end

logger = structlog.get_logger(__name__)

INTERRUPTED = "interrupted"
MOST_TOKENS = 2000
DEADLINE = 120.0  # seconds
MOST_ATTEMPTS = 3
AT_ONCE = 8
FOR_MATERIAL = 0.6  # of the room, for what is summarised
KEPT = 0.25  # of the room, for the turns that stay as they are
USUAL_ROOM = 100_000  # tokens; where nobody knows, more than enough for a summary
SHORT_OF = 0.5  # of a prompt that turned out to be too long, to be on the safe side


@dataclass(frozen=True, slots=True)
class Errand:
    """A summary to be made: of which messages, by which request and call row; `turn_id` waits for it."""

    summary_id: int
    attempt: int
    conversation_id: int
    message_ids: frozenset[int]
    person_id: int
    request: ChatRequest
    call_id: int
    turn_id: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What came of an errand: a text, or the trouble that there is none; and what GLM judged."""

    text: str
    call: CallEnd
    trouble: str = ""
    concerns: tuple[Concern, ...] = ()
    error: GlmError | None = None


async def make(summary_id: int, client: Client, maker: str) -> bool:
    """Make a summary that is wanted; False when nothing came of it or somebody else is at it."""
    return await _run(await db(begin, summary_id, maker), client)


async def make_room(turn_id: int, client: Client, maker: str) -> bool:
    """Summarise what was before the question of a running turn; False when the next prompt is as long as the last."""
    return await _run(await db(begin_for, turn_id, maker), client)


async def _run(errand: Errand | None, client: Client) -> bool:
    if errand is None:
        return False
    made = Made("", CallEnd(finish=TurnState.INTERRUPTED), INTERRUPTED)
    try:
        made = await _ask(client, errand.request)
    finally:
        is_done = await db(end, errand, made)
    return is_done


async def _ask(client: Client, request: ChatRequest) -> Made:
    try:
        async with asyncio.timeout(DEADLINE):
            done = await client.complete(request)
    except TimeoutError:
        return Made("", CallEnd(finish="deadline"), "timeout")
    except GlmError as error:
        logger.warning("no summary", kind=error.kind.value, code=error.code, request_id=request.request_id)
        return Made("", call_end(None, error), error.kind.value, judged.of_answer(error), error)
    text, trouble = _text_in(done.reply)
    call = replace(call_end(done), first_byte_at=clock.now())
    return Made(text, call, trouble, judged.of_answer(done.reply))


def _text_in(reply: Reply) -> tuple[str, str]:
    """The summary that GLM gave, or why it is none: nothing that was judged on any side is used."""
    if reply.content_filter or reply.finish is Finish.SENSITIVE:
        return "", "refused"
    if reply.finish is None or reply.finish.is_failure:
        return "", "network"
    text = summary_words.cleaned(reply.text)
    return text, "" if text else "empty"


def begin(summary_id: int, maker: str) -> Errand | None:
    """Take a wanted summary, with the row of the call about to be made."""
    with transaction.atomic():
        rows = Summary.objects.select_related("conversation__owner", "message")
        summary = rows.filter(pk=summary_id, state=SummaryState.WANTED, conversation__deleted_at=None).first()
        if summary is None:
            return None
        conversation = summary.conversation
        conversation.next_revision()
        nodes = tuple(conversation.tree().path_to(summary.message_id))
        told = path.of(conversation, nodes)
        return _taken(summary, told, len(told.said), conversation.model_name, maker)


def begin_for(turn_id: int, maker: str) -> Errand | None:
    """The same for a running turn: as many turns as must be, so that the rest of its prompt is short. None when there
    is nothing before its question."""
    with transaction.atomic():
        rows = Turn.objects.select_related("conversation__owner", "person", "question", "reply")
        turn = rows.filter(pk=turn_id, state__in=(TurnState.RUNNING, TurnState.DELEGATED), runner=maker).first()
        if turn is None:
            return None
        turn.conversation.next_revision()
        told = told_to(turn)
        keep = round(KEPT * _room(told, turn.model_name))
        place = context.end_of_old(told.context, _start(told), told.counts, keep, is_asking=True)
        if place is None:
            return None
        for other in Summary.objects.filter(conversation=turn.conversation).unmade():
            other.move(SummaryState.STOPPED, lease_until=None)
        summary = context.wanted(turn.conversation, told.nodes, len(told.nodes) - len(told.said) + place)
        summary.conversation = turn.conversation
        _show_in(turn, needs_room=True)
        return _taken(summary, told, place + 1, turn.model_name, maker, turn)


def _start(told: path.Told) -> int:
    """Where the context begins in what was told."""
    return path.start_of_context(told.context)


def _room(told: path.Told, model_name: str) -> float:
    """In our estimated tokens. A prompt that is here without being known as too long has turned out to be."""
    room = scale.estimate_of_room(model_name)
    if room is None or not scale.is_tight(told.tokens, model_name):
        return SHORT_OF * told.tokens
    return room


def _taken(
    summary: Summary, told: path.Told, count: int, model_name: str, maker: str, turn: Turn | None = None
) -> Errand | None:
    """The errand for the first `count` messages of what was told, if nobody was first."""
    conversation = summary.conversation
    person = conversation.owner
    request = _request(told, count, settings.CHATSITE_SUMMARY_MODEL or upstream.writer(model_name), person)
    turn_code = turn.code if turn else None
    facts: dict[str, Any] = {"attempt": summary.attempt + 1, "maker": maker, "turn_code": turn_code}
    facts |= {"started_at": clock.now(), "lease_until": clock.now() + dt.timedelta(seconds=2 * DEADLINE)}
    if request is None:
        summary.move(SummaryState.FAILED, trouble="empty")
        context.redraw(conversation, summary.message_id)
        return None
    if not summary.move(SummaryState.MAKING, model_name=request.model, **facts):
        return None
    context.redraw(conversation, summary.message_id)
    # All of the path: what was said before the context began is in the summary that it began with.
    covered = told.nodes[: len(told.nodes) - len(told.said) + count]
    ids = frozenset(node.id for node in covered if node.visibility == Visibility.SHOWN)
    estimate = sum(told.counts[:count])
    call = beside.begin_call(CallKind.SUMMARY, request, person, turn_code=turn_code, estimate=estimate)
    return Errand(
        summary.pk, summary.attempt, conversation.pk, ids, person.pk, request, call.pk, turn.pk if turn else None
    )


def _request(told: path.Told, count: int, model_name: str, person: User) -> ChatRequest | None:
    messages = prompt.build(told.said[:count])
    if not messages:
        return None
    room = scale.estimate_of_room(model_name) or max(USUAL_ROOM, told.tokens)
    size = sum(len(each.content) for each in messages)
    most = size if not told.tokens else round(size * min(1.0, FOR_MATERIAL * room / sum(told.counts[:count])))
    return ChatRequest(
        model=model_name,
        messages=(ChatMessage("user", summary_words.request(messages, most)),),
        request_id=str(uuid.uuid4()),
        user_id=crypto.pseudonym(person),
        parameters={**upstream.entry(model_name).least_thinking(), "max_tokens": MOST_TOKENS},
    )


def end(errand: Errand, made: Made) -> bool:
    """Close the call and put the summary in its place, where it still may stand there."""
    if made.error is not None:
        faults.heard(upstream.current(), errand.request.model, made.error, errand.request.request_id)
    made = _screened(errand, made)
    with evidence.recording():
        end_call(errand.call_id, made.call)
        judged.flag(errand.conversation_id, errand.message_ids, made.concerns, errand.call_id)
        conversation = Conversation.objects.select_related("owner").filter(pk=errand.conversation_id).first()
        if conversation is None:
            return False
        conversation.next_revision()  # the lock: whoever withdraws a message has it first, or waits for this
        seen = Summary.objects.filter(pk=errand.summary_id, state=SummaryState.MAKING, attempt=errand.attempt)
        summary = seen.first()
        is_done = summary is not None and _put(summary, errand, made)
        if errand.turn_id is not None:
            turn = Turn.objects.select_related("reply", "conversation").get(pk=errand.turn_id)
            turn.conversation = conversation
            _show_in(turn, needs_room=False)
        if summary is not None:
            context.redraw(conversation, summary.message_id)
    return is_done


def _screened(errand: Errand, made: Made) -> Made:
    """What is on a list of the organisation is no summary."""
    if not made.text:
        return made
    concerns = screen.of_parts(text_part(made.text), standing.current().replies)
    if concerns and moderation.withdraws(concerns, User.objects.get(pk=errand.person_id)):
        return replace(made, text="", trouble="words")
    return made


def _put(summary: Summary, errand: Errand, made: Made) -> bool:
    if not made.text and made.trouble != INTERRUPTED:
        summary.move(SummaryState.FAILED, trouble=made.trouble, lease_until=None)
        return False
    if not made.text or _has_lost(errand):
        _want_again(summary)
        return False
    now = clock.now()
    facts: dict[str, Any] = {"text": made.text, "token_count": tokens.estimated(made.text), "made_at": now}
    facts |= {"is_simulated": upstream.current().is_simulated, "lease_until": None, "trouble": ""}
    if not summary.move(SummaryState.DONE, **facts):
        return False
    standing_end = Message.objects.filter(pk=summary.message_id).exclude(context_end=ContextEnd.CLEARED)
    standing_end.update(context_end=ContextEnd.SUMMARY)
    return True


def _has_lost(errand: Errand) -> bool:
    """Whether a message that the summary was made of was withdrawn meanwhile."""
    kept = Message.objects.filter(pk__in=errand.message_ids, visibility=Visibility.SHOWN).count()
    return kept < len(errand.message_ids)


def _want_again(summary: Summary) -> None:
    """Not for a turn: that has ended, and will want its own when it is asked again."""
    if summary.turn_code is None and summary.attempt < MOST_ATTEMPTS:
        summary.move(SummaryState.WANTED, lease_until=None)
    else:
        summary.move(SummaryState.STOPPED, trouble=INTERRUPTED, lease_until=None)


def _show_in(turn: Turn, *, needs_room: bool) -> None:
    """The reply says what it waits for."""
    Turn.objects.filter(pk=turn.pk).update(needs_room=needs_room)
    Message.objects.filter(pk=turn.reply_id).update(revision=turn.conversation.revision)


def take_over(maker: str = "") -> int:
    """Want again what nobody makes any more; how many there were. With `maker` this process has just begun and is
    alone on its database: what others were making is theirs no more."""
    alone = Summary.objects.filter(state=SummaryState.MAKING).exclude(maker=maker) if maker else None
    return sweeping.count(_taken_over, kept(_silent, clock.now()) if alone is None else alone)


def _silent(now: dt.datetime) -> QuerySet[Summary]:
    return Summary.objects.silent(now)


def _taken_over(seen: Summary) -> bool:
    with transaction.atomic():
        summary = Summary.objects.select_related("conversation__owner").filter(pk=seen.pk).first()
        if summary is None:
            return False
        summary.conversation.next_revision()
        summary.refresh_from_db(fields=["state", "attempt"])
        if summary.state != SummaryState.MAKING:
            return False
        _want_again(summary)
        context.redraw(summary.conversation, summary.message_id)
    return True


def end_abandoned() -> None:
    beside.end_abandoned(CallKind.SUMMARY, DEADLINE)


def wanted_ids() -> list[int]:
    return [pk for (pk,) in kept_rows(_wanted)]


def _wanted() -> QuerySet[Summary, Any]:
    return Summary.objects.wanted().filter(conversation__deleted_at=None).values_list("pk")[:AT_ONCE]
