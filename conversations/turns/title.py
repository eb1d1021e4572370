"""The title of a conversation: asked for once after its first clean reply, beside everything else.

Until then, and when nothing comes of it, the first words stand. A person's own title is never touched, and a title is
written only while the messages that it was made of are shown.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, replace
from itertools import pairwise

import structlog
from django.conf import settings
from django.db import transaction

from conversations import broadcast, clock, company, crypto, evidence, faults, present, upstream
from conversations.db import db
from conversations.glm import ChatMessage, ChatRequest, Client, GlmError, Kind, Reply
from conversations.models import (
    CallKind,
    Conversation,
    Message,
    Node,
    Role,
    Turn,
    TurnState,
    User,
    Visibility,
)
from conversations.moderation import Concern
from conversations.rooms import rooms

from . import beside, judged, queue, title_words
from .finish import end_call
from .outcome import CallEnd, call_end

logger = structlog.get_logger(__name__)

MOST_TOKENS = 2000  # some models think even over a title
DEADLINE = 60.0  # seconds
LOOKED_AT = 10  # questions from the beginning
# Of these another reply's title may know nothing: the next one is worth another try.
PASSING = frozenset({Kind.BUSY, Kind.OVERLOADED, Kind.UNREACHABLE, Kind.TIMEOUT, Kind.DISTURBED})


@dataclass(frozen=True, slots=True)
class Errand:
    """A title to be found: for which conversation, of which messages, by which request and call row."""

    conversation_id: int
    message_ids: tuple[int, int]
    request: ChatRequest
    call_id: int


@dataclass(frozen=True, slots=True)
class Found:
    """What came of an errand; `may_try_again`: the next reply of the conversation is another chance. `concerns` are
    GLM's judgements on it."""

    title: str
    call: CallEnd
    may_try_again: bool = False
    concerns: tuple[Concern, ...] = ()
    error: GlmError | None = None


async def find_beside(turn_id: int, model_name: str, client: Client) -> None:
    """The same where there is room to spare; where there is none the next reply is another chance."""
    model = settings.CHATSITE_TITLE_MODEL or upstream.writer(model_name)
    if rooms.take_beside(-turn_id, model, company.share(queue.bound(model))):
        try:
            await find(turn_id, client)
        finally:
            rooms.release(-turn_id)


async def find(turn_id: int, client: Client) -> None:
    """Find a title for the conversation of a turn that has ended, if it wants one. Errors of GLM stay silent."""
    errand = await db(begin, turn_id)
    if errand is None:
        return
    found = Found("", CallEnd(finish=TurnState.INTERRUPTED), may_try_again=True)
    try:
        found = await _ask(client, errand.request)
    finally:
        await db(end, errand, found)


async def _ask(client: Client, request: ChatRequest) -> Found:
    try:
        async with asyncio.timeout(DEADLINE):
            done = await client.complete(request)
    except TimeoutError:
        return Found("", CallEnd(finish="deadline"), may_try_again=True)
    except GlmError as error:
        logger.info("no title", kind=error.kind.value, code=error.code, request_id=request.request_id)
        return Found("", call_end(None, error), error.kind in PASSING, judged.of_answer(error), error)
    call = replace(call_end(done), first_byte_at=clock.now())
    return Found(_title_in(done.reply), call, concerns=judged.of_answer(done.reply))


def _title_in(reply: Reply) -> str:
    """The title that GLM gave; "" when it gave none, too much, or judged any side of it."""
    is_judged = bool(reply.content_filter) or (reply.finish is not None and reply.finish.value != "stop")
    return "" if is_judged else title_words.cleaned(reply.text)


def begin(turn_id: int) -> Errand | None:
    """Take the errand, with the row of the call about to be made; None where no title is wanted or can be found."""
    with transaction.atomic():
        turn = _turn_without_title(turn_id)
        exchange = _first_exchange(turn.conversation) if turn else None
        if turn is None or exchange is None or faults.stands(upstream.current(), _model_for(turn)):
            return None
        if not _take(turn.conversation):
            return None
        request = _request(turn, *exchange)
        call = beside.begin_call(CallKind.TITLE, request, turn.person, turn_code=turn.code)
    return Errand(turn.conversation.pk, (exchange[0].pk, exchange[1].pk), request, call.pk)


def _turn_without_title(turn_id: int) -> Turn | None:
    rows = Turn.objects.select_related("conversation", "person")
    wanted = {"title_is_wanted": True, "title_is_own": False, "deleted_at": None}
    return rows.filter(pk=turn_id, **{f"conversation__{name}": value for name, value in wanted.items()}).first()


def _take(conversation: Conversation) -> bool:
    """Of two replies that end together one asks for the title."""
    return bool(Conversation.objects.filter(pk=conversation.pk, title_is_wanted=True).update(title_is_wanted=False))


def _first_exchange(conversation: Conversation) -> tuple[Message, Message] | None:
    """The first question of the shown path with a clean reply, both of which anybody may see."""
    pairs = list(_pairs(conversation.tree().path))[:LOOKED_AT]
    clean = Turn.objects.filter(reply_id__in=[reply for _, reply in pairs], state=TurnState.COMPLETED)
    completed = set(clean.values_list("reply_id", flat=True))
    for question_id, reply_id in pairs:
        if reply_id in completed:
            messages = Message.objects.in_bulk([question_id, reply_id])
            question, reply = messages[question_id], messages[reply_id]
            if present.prompt_text(question).strip() and present.prompt_text(reply).strip():
                return question, reply
    return None


def _pairs(path: list[Node]) -> list[tuple[int, int]]:
    shown = Visibility.SHOWN
    return [
        (question.id, reply.id)
        for question, reply in pairwise(path)
        if (question.role, reply.role) == (Role.USER, Role.ASSISTANT)
        and (question.visibility, reply.visibility) == (shown, shown)
    ]


def _request(turn: Turn, question: Message, reply: Message) -> ChatRequest:
    model = _model_for(turn)
    text = title_words.request(present.prompt_text(question), present.prompt_text(reply))
    return ChatRequest(
        model=model,
        messages=(ChatMessage("user", text),),
        request_id=str(uuid.uuid4()),
        user_id=crypto.pseudonym(turn.person),
        parameters={**upstream.entry(model).least_thinking(), "max_tokens": MOST_TOKENS},
    )


def _model_for(turn: Turn) -> str:
    return settings.CHATSITE_TITLE_MODEL or upstream.writer(turn.model_name)


def end(errand: Errand, found: Found) -> None:
    """Close the call and write the title that was found, where it still may stand; what GLM judged is flagged."""
    with evidence.recording():
        end_call(errand.call_id, found.call)
        judged.flag(errand.conversation_id, errand.message_ids, found.concerns, errand.call_id)
        if found.title:
            _write(errand, found.title)
        elif found.may_try_again:
            untitled = Conversation.objects.filter(pk=errand.conversation_id, title_is_own=False)
            untitled.update(title_is_wanted=True)
    if found.error is not None:
        faults.heard(upstream.current(), errand.request.model, found.error, errand.request.request_id)


def _write(errand: Errand, title: str) -> None:
    conversation = Conversation.objects.select_related("owner").filter(pk=errand.conversation_id).first()
    if conversation is None:
        return
    conversation.next_revision()  # the lock: whoever withdraws a message has it first, or waits until this is written
    shown = Message.objects.filter(pk__in=errand.message_ids, visibility=Visibility.SHOWN).count()
    untitled = Conversation.objects.filter(pk=conversation.pk, title_is_own=False, title_is_wanted=False)
    if shown == len(errand.message_ids) and untitled.filter(deleted_at=None).exists():
        listed = User.raise_revision(conversation.owner_id)
        untitled.update(title=title, listed_revision=listed)
        broadcast.conversation_moved(conversation)
        broadcast.list_moved(conversation.owner, listed)


def end_abandoned() -> None:
    beside.end_abandoned(CallKind.TITLE, DEADLINE)
