"""GLM's own count of a conversation's context, for whoever wants to know: beside everything else, and silent but for
what the gauge says. Until it is there, and when nothing comes of it, the estimate stands.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass

import structlog
from django.db import transaction

from conversations import broadcast, clock, crypto, faults, upstream
from conversations.db import db
from conversations.glm import ChatRequest, Client, GlmError, count_tokens
from conversations.models import CallKind, ContextCount, Conversation, TurnState, UpstreamCall, User
from conversations.parameters import Parameters

from . import beside, gauge, path, prompt
from .access import locked
from .errors import Unfit
from .finish import end_call
from .gauge import Counting
from .outcome import CallEnd, call_end
from .with_pictures import with_pictures

logger = structlog.get_logger(__name__)

DEADLINE = 30.0  # seconds
# The call of a count costs nothing that is known: nothing is written, and nothing of the prompt is kept.
UNUSED = {"prompt_tokens": 0, "completion_tokens": 0, "reasoning_tokens": 0, "cached_tokens": 0}


@dataclass(frozen=True, slots=True)
class Errand:
    """A context to be counted, by which request and call row."""

    count_id: int
    conversation_id: int
    owner: uuid.UUID
    request: ChatRequest
    call_id: int


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an errand; without `total`, `trouble` says why."""

    total: int | None
    call: CallEnd
    trouble: str = ""


def ask(person: User, code: uuid.UUID) -> ContextCount:
    """Want the context of a conversation counted; twice changes nothing. Raises Missing, and Unfit where nothing is to
    be counted or GLM cannot."""
    with transaction.atomic():
        conversation = locked(person, code)
        nodes = conversation.tree().path
        context, shown = gauge.context_of(conversation, nodes), gauge.of(conversation, nodes)
        if context is None or shown is None or shown.counting in (Counting.IMPOSSIBLE, Counting.DONE):
            raise Unfit
        wanted = {"context": context.name, "model_name": conversation.model_name, "asked_at": clock.now()}
        if shown.counting is Counting.ASKED:
            return ContextCount.objects.get(conversation=conversation)
        nothing = {"token_count": None, "trouble": ""}
        count, _ = ContextCount.objects.update_or_create(conversation=conversation, defaults={**wanted, **nothing})
        broadcast.conversation_moved(conversation)
    return count


async def make(count_id: int, client: Client) -> None:
    """Ask GLM for a count that is wanted. Errors of GLM stay in the gauge."""
    errand = await db(begin, count_id)
    if errand is None:
        return
    told = Told(None, CallEnd(finish=TurnState.INTERRUPTED), TurnState.INTERRUPTED)
    try:
        told = await _ask(client, errand)
    finally:
        await db(end, errand, told)


async def _ask(client: Client, errand: Errand) -> Told:
    try:
        async with asyncio.timeout(DEADLINE):
            counted = await client.ask(count_tokens(await with_pictures(errand.request, errand.owner)))
    except TimeoutError:
        return Told(None, CallEnd(finish="deadline"), "timeout")
    except GlmError as error:
        logger.info("not counted", kind=error.kind.value, code=error.code, request_id=errand.request.request_id)
        return Told(None, call_end(None, error), error.kind.value)
    return Told(counted.total, CallEnd(provider_id=counted.id, http_status=200, finish="stop"))


def begin(count_id: int) -> Errand | None:
    """Take the errand, with the row of the call about to be made; None where it is not wanted any more, or GLM would
    not answer now."""
    with transaction.atomic():
        rows = ContextCount.objects.select_related("conversation__owner")
        count = rows.filter(pk=count_id, token_count=None, trouble="", conversation__deleted_at=None).first()
        if count is None:
            return None
        request = _request(count.conversation, count.model_name)
        if request is None or faults.stands(upstream.current(), count.model_name):
            _write(count, Told(None, CallEnd(), "unreachable"))
            return None
        call = beside.begin_call(CallKind.TOKENIZER, request, count.conversation.owner)
        owner = count.conversation.owner.code
    return Errand(count.pk, count.conversation_id, owner, request, call.pk)


def _request(conversation: Conversation, model_name: str) -> ChatRequest | None:
    """The messages that the next question would come after."""
    context = gauge.context_of(conversation, conversation.tree().path)
    if context is None or context.is_empty:
        return None
    told = path.of(conversation, tuple(context.nodes))
    entry, changed = upstream.entry(model_name), Parameters.read(conversation.parameters)
    messages = prompt.build(
        told.said,
        system=told.system,
        keeps_reasoning=changed.sends_reasoning_back(entry),
        image_count=upstream.pictures_seen_by(model_name),
    )
    if not messages:
        return None
    name, person = str(uuid.uuid4()), crypto.pseudonym(conversation.owner)
    return ChatRequest(model=model_name, messages=messages, request_id=name, user_id=person)


def end(errand: Errand, told: Told) -> None:
    """Close the call and write the count down, if it is still that of the context which was asked for."""
    with transaction.atomic():
        end_call(errand.call_id, told.call)
        if told.total is not None:
            UpstreamCall.objects.filter(pk=errand.call_id).update(**UNUSED)
        count = ContextCount.objects.select_related("conversation__owner").filter(pk=errand.count_id).first()
        if count is not None:
            _write(count, told)


def _write(count: ContextCount, told: Told) -> None:
    count.conversation.next_revision()
    rows = ContextCount.objects.filter(pk=count.pk, context=count.context, model_name=count.model_name)
    rows.filter(token_count=None).update(token_count=told.total, trouble=told.trouble)
    broadcast.conversation_moved(count.conversation)


def end_abandoned() -> None:
    beside.end_abandoned(CallKind.TOKENIZER, DEADLINE)
