"""The message that is next: sent while a reply was written, stored, and asked once that reply has come to a clean end.

After any other end (stopped, failed, cut off, withheld) it stays where it is until its person says what becomes of it,
or until a later reply of the conversation ends well: nobody's next question is right after a reply they have not got.
They are told by a notice, for they may be elsewhere; it goes when they see the conversation, or when nothing waits.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from conversations import broadcast, notices, pictures, upstream
from conversations.glm import tokens
from conversations.markdown import RENDERER_VERSION
from conversations.models import Conversation, Draft, NextMessage, NoticeKind, Turn, TurnState, User, text_part

from . import delegated, drafts, start
from .access import locked
from .errors import CommandError, Missing, NoPicture
from .orders import Order, Question, question_of

logger = structlog.get_logger(__name__)


class Crowded(CommandError):
    """Together with the message that waits already, this one would be too long."""


class _Changed(Exception):
    """The message that waits is not what it was a moment ago."""


def find(conversation: Conversation) -> NextMessage | None:
    """The message that waits in a conversation; asks nothing where there is none."""
    return NextMessage.objects.filter(conversation=conversation).first() if conversation.has_next else None


def store(
    order: Order,
    code: uuid.UUID,
    text: str,
    stored: Callable[[], None] = lambda: None,
    tray: Sequence[uuid.UUID] = (),
) -> bool:
    """Let `text` and the pictures that `tray` names wait for the end of the reply that is being written, after what
    waits already; False when there is none any more. `stored` is called in the transaction. A repeated order is one
    message."""
    while True:
        try:
            return _store(order, code, text, stored, tray)
        except (_Changed, IntegrityError):
            continue


def follow(turn: Turn) -> None:
    """Ask what waits, inside the transaction that ended `turn`; never raises, for the reply must be sealed."""
    conversation = turn.conversation
    if not conversation.has_next or conversation.deleted_at is not None or not turn.person.is_active:
        return
    is_asked = _is_clean(turn) and _attempt(turn, lambda: _ask(conversation, None))
    # Who stops a reply has what waits before their eyes.
    if not is_asked and turn.state != TurnState.STOPPED:
        facts = {"conversation": str(conversation.code)}
        _attempt(turn, lambda: notices.tell(conversation.owner, NoticeKind.NOT_SENT, **facts))


def send_now(person: User, code: uuid.UUID, order_for: Callable[[NextMessage], Order]) -> None:
    """Ask what waits without waiting any longer. Raises Busy while a reply is written; twice is once."""
    with transaction.atomic():
        conversation = locked(person, code)
        if conversation.has_next:
            _ask(conversation, order_for)


def take_back(person: User, code: uuid.UUID, typed: drafts.Typed) -> Draft:
    """Put what waits back into the box, before what is typed there. Raises Missing when nothing waits."""
    with transaction.atomic():
        conversation = locked(person, code)
        waiting = find(conversation)
        if waiting is None:
            raise Missing
        pictures.put_back(waiting)
        _removed(conversation)
        broadcast.conversation_moved(conversation)
        return drafts.put_first(person, code, waiting.text, typed)


def remove(person: User, code: uuid.UUID) -> None:
    """Drop what waits; twice changes nothing."""
    with transaction.atomic():
        conversation = locked(person, code)
        if _removed(conversation):
            broadcast.conversation_moved(conversation)


def _is_clean(turn: Turn) -> bool:
    return turn.state == TurnState.COMPLETED and turn.finish == "stop"


def _attempt(turn: Turn, act: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            act()
    except CommandError as error:  # as when its person has too many in the background
        logger.info("the next message cannot be asked now", turn=str(turn.code), why=type(error).__name__)
        return False
    except Exception:
        logger.exception("the next message stays where it is", turn=str(turn.code))
        return False
    return True


def _store(order: Order, code: uuid.UUID, text: str, stored: Callable[[], None], tray: Sequence[uuid.UUID]) -> bool:
    waiting = NextMessage.objects.filter(
        conversation__in=Conversation.objects.of(order.person).filter(code=code)
    ).first()
    if waiting is not None and order.client_key is not None and waiting.client_key == order.client_key:
        return True
    question = question_of(_joined(waiting, text))
    with transaction.atomic():
        conversation = locked(order.person, code)
        if not conversation.turns.live().exists():
            transaction.set_rollback(True)
            return False
        _write(order, conversation, waiting, question)
        _let_pictures_wait(order.person, conversation, tray)
        stored()
        broadcast.conversation_moved(conversation)
    return True


def _joined(waiting: NextMessage | None, text: str) -> str:
    joined = "\n\n".join(filter(None, (waiting.text, text))) if waiting else text
    if len(joined) > settings.CHATSITE_MAX_PROMPT:
        raise Crowded
    return joined


def _write(order: Order, conversation: Conversation, seen: NextMessage | None, question: Question) -> None:
    values = {
        "text": question.text,
        "html": question.html,
        "renderer_version": RENDERER_VERSION,
        "model_name": order.model_name,
        "client_key": order.client_key,
        "is_later": order.is_later,
    }
    if seen is None:
        NextMessage.objects.create(conversation=conversation, **values)
        Conversation.objects.filter(pk=conversation.pk).update(has_next=True)
    elif not NextMessage.objects.filter(pk=seen.pk, text=seen.text).update(**values):
        raise _Changed


def _let_pictures_wait(person: User, conversation: Conversation, tray: Sequence[uuid.UUID]) -> None:
    if tray and not pictures.let_wait(person, NextMessage.objects.get(conversation=conversation), tray):
        raise NoPicture


def _ask(conversation: Conversation, order_for: Callable[[NextMessage], Order] | None) -> None:
    """In a conversation that is locked, whose revision rises once more with the question: pages that wait for just the
    next one draw all that changed, also that nothing waits any more."""
    waiting = find(conversation)
    if waiting is not None:
        question = _question(waiting)
        _removed(conversation)
        order = order_for(waiting) if order_for else _order(conversation.owner, waiting)
        start.send_question(order, conversation.code, question)


def _order(person: User, waiting: NextMessage) -> Order:
    """As it was wished. A server that cannot answer in the background answers now."""
    is_later = waiting.is_later and upstream.answers_later()
    return Order(person, waiting.model_name, waiting.client_key, delegated.delegate if is_later else None)


def _question(waiting: NextMessage) -> Question:
    sent = pictures.sent(pictures.waiting(waiting))
    if sent or waiting.renderer_version != RENDERER_VERSION:
        return question_of(waiting.text, sent)
    return Question(waiting.text, text_part(waiting.text), waiting.html, tokens.estimated(waiting.text))


def _removed(conversation: Conversation) -> NextMessage | None:
    """Take what waits away, from a conversation that is locked."""
    waiting = find(conversation)
    if waiting is not None:
        NextMessage.objects.filter(pk=waiting.pk).delete()
        Conversation.objects.filter(pk=conversation.pk).update(has_next=False)
        conversation.has_next = False
        notices.settle(conversation.owner, NoticeKind.NOT_SENT, conversation=str(conversation.code))
    return waiting
