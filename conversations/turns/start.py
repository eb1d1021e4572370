"""The commands of a person: each stores what was asked in one transaction and leaves the rest to the background."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction

from conversations import broadcast, clock, moderation, pictures, present
from conversations.markdown import RENDERER_VERSION
from conversations.models import (
    ContextEnd,
    Conversation,
    Delivery,
    Message,
    MessageState,
    Role,
    Turn,
    TurnState,
    User,
)
from conversations.models.prepared import Lookup, insert, update

from .access import locked
from .errors import Busy, Missing, NoPicture, Unfit
from .orders import Order, Question, from_tray, question_of

_by_code = Lookup(Conversation, "code")
_by_key = Lookup(Message, "pk")
_of_reply = Lookup(Turn, "reply")


def send(order: Order, code: uuid.UUID, text: str, tray: Sequence[uuid.UUID] = ()) -> Turn:
    """Ask `text` at the end of a conversation, which the first question creates under the code of its page, with what
    `tray` names of the pictures in its box."""
    return _once(order, lambda: _send(order, code, question_of(text, from_tray(order.person, code, tray))))


def send_question(order: Order, code: uuid.UUID, question: Question) -> Turn:
    """The same with a question that is rendered already."""
    return _once(order, lambda: _send(order, code, question))


def regenerate(order: Order, code: uuid.UUID, reply_code: uuid.UUID) -> Turn:
    """Answer the question of a reply again, as an alternative."""
    return _once(order, lambda: _regenerate(order, code, reply_code))


def regenerate_alone(order: Order, code: uuid.UUID, reply_code: uuid.UUID) -> Turn:
    """The same without what was said before the question: the context begins with it, as after a clearing. For a
    question that GLM refuses because of something earlier; it does not say of what."""
    return _once(order, lambda: _regenerate(order, code, reply_code, is_alone=True))


def edit_and_resend(
    order: Order, code: uuid.UUID, question_code: uuid.UUID, text: str, without: Collection[uuid.UUID] = ()
) -> Turn:
    """Ask a question anew, as an alternative of the old one; with its pictures, but for those named in `without`."""
    return _once(order, lambda: _edit(order, code, question_code, text, without))


def continue_reply(order: Order, code: uuid.UUID, reply_code: uuid.UUID) -> Turn:
    """Go on with a reply that ended early, in a child of it."""
    return _once(order, lambda: _continue(order, code, reply_code))


def show_alternative(person: User, code: uuid.UUID, message_code: uuid.UUID) -> Conversation:
    """Make the shown path lead through a message."""
    with transaction.atomic():
        conversation = locked(person, code)
        message = _message(conversation, message_code)
        leaf = conversation.tree().latest_leaf(message.pk)
        Conversation.objects.filter(pk=conversation.pk).update(leaf_id=leaf, path_revision=conversation.revision)
        broadcast.conversation_moved(conversation)
    return conversation


def _once(order: Order, command: Callable[[], Turn]) -> Turn:
    """Carry out a command, or find the turn that the same order made before.

    Nothing is asked first: a repeated order meets a constraint (or a conversation that has moved on), and the row it
    left says which of the two it was.
    """
    try:
        with transaction.atomic():
            asked = command()
            moderation.keep_pace(order.person)  # afterwards: a conversation is locked before its person
            return _begun(order, asked)
    except (IntegrityError, NoPicture, Unfit, moderation.Slowed) as error:
        if turn := _repeated(order):
            return turn
        if isinstance(error, IntegrityError):
            raise Busy from None
        raise


def _begun(order: Order, turn: Turn) -> Turn:
    if order.begin is not None:
        order.begin(turn)
    return turn


def _repeated(order: Order) -> Turn | None:
    if order.client_key is None:
        return None
    return Turn.objects.filter(person=order.person, client_key=order.client_key).first()


def _send(order: Order, code: uuid.UUID, question: Question) -> Turn:
    conversation = _of_person(order, code)
    if conversation is None:
        return _ask(order, _new_conversation(order, code, question.text), None, question, grown=True, is_first=True)
    conversation.next_revision()
    leaf = _by_key.first(conversation.leaf_id) if conversation.leaf_id else None
    redrawn = leaf is not None and _redraw_what_was_last(conversation, leaf)
    return _ask(order, conversation, leaf, question, grown=True, redrawn=redrawn, is_first=leaf is None)


def _redraw_what_was_last(conversation: Conversation, leaf: Message) -> bool:
    """A reply that ended early offers to go on only while it is the last."""
    turn = _of_reply.first(leaf.pk) if leaf.role == Role.ASSISTANT else None
    if turn is None or (turn.state, turn.finish) == (TurnState.COMPLETED, "stop"):
        return False
    return bool(update(Message, {"pk": leaf.pk}, revision=conversation.revision))


def _edit(order: Order, code: uuid.UUID, question_code: uuid.UUID, text: str, without: Collection[uuid.UUID]) -> Turn:
    conversation = locked(order.person, code)
    edited = _message(conversation, question_code, Role.USER)
    question = question_of(text, tuple(each for each in pictures.of_message(edited) if each.code not in without))
    if not question.parts:
        raise Unfit
    return _ask(order, conversation, edited.parent, question, grown=False)


def _regenerate(order: Order, code: uuid.UUID, reply_code: uuid.UUID, *, is_alone: bool = False) -> Turn:
    conversation = locked(order.person, code)
    reply = _message(conversation, reply_code, Role.ASSISTANT)
    while reply.continues and reply.parent is not None:
        reply = reply.parent
    if reply.parent is None or not present.may_be_sent(reply.parent.visibility):
        raise Unfit
    if is_alone:
        _begin_context_at(conversation, reply.parent)
    return _answer(order, conversation, reply.parent, _next_position(conversation, reply.parent))


def _begin_context_at(conversation: Conversation, question: Message) -> None:
    if question.parent_id is None:
        raise Unfit
    update(Message, {"pk": question.parent_id}, context_end=ContextEnd.CLEARED, revision=conversation.revision)


def _continue(order: Order, code: uuid.UUID, reply_code: uuid.UUID) -> Turn:
    conversation = locked(order.person, code)
    reply = _message(conversation, reply_code, Role.ASSISTANT)
    if conversation.leaf_id != reply.pk or reply.is_open or not present.prompt_text(reply).strip():
        raise Unfit
    return _answer(order, conversation, reply, _next_position(conversation, reply), continues=True)


def _ask(
    order: Order,
    conversation: Conversation,
    parent: Message | None,
    question: Question,
    *,
    grown: bool,
    redrawn: bool = False,
    is_first: bool = False,
) -> Turn:
    rendered = {
        "html": question.html,
        "renderer_version": RENDERER_VERSION,
        "token_count": question.token_count,
    }
    position = 0 if is_first else _next_position(conversation, parent)
    message = _new_message(conversation, parent, Role.USER, position, parts=question.parts, **rendered)
    if question.pictures and not pictures.use(message, order.person, question.pictures):
        raise NoPicture
    if not conversation.title:  # as after a first question which GLM did not accept
        conversation.title = present.title_of(question.text)
        update(Conversation, {"pk": conversation.pk, "title": ""}, title=conversation.title)
    return _answer(order, conversation, message, 0, grown=grown, redrawn=redrawn)


def _answer(
    order: Order,
    conversation: Conversation,
    parent: Message,
    position: int,
    *,
    grown: bool = False,
    redrawn: bool = False,
    continues: bool = False,
) -> Turn:
    state = {"state": MessageState.OPEN, "continues": continues, "sealed_at": None}
    reply = _new_message(conversation, parent, Role.ASSISTANT, position, token_count=0, **state)
    turn = insert(
        Turn(
            conversation=conversation,
            person=order.person,
            question=parent,
            reply=reply,
            client_key=order.client_key,
            state=TurnState.QUEUED,
            model_name=order.model_name,
            is_checked=moderation.delivery_of(order.person) == Delivery.CHECKED,
            needs_room=order.needs_room,
            queued_at=clock.now(),
        )
    )
    # Told first: a socket draws one thing after the other, and the reply is what its person waits for.
    broadcast.conversation_moved(conversation, turn=turn.code, grown=grown and not redrawn)
    _advance_conversation(order, conversation, reply, grown=grown)
    return turn


def _next_position(conversation: Conversation, parent: Message | None) -> int:
    siblings = conversation.messages.filter(parent=parent)
    last: int | None = siblings.aggregate(models.Max("position"))["position__max"]
    return 0 if last is None else last + 1


def _new_message(
    conversation: Conversation, parent: Message | None, role: Role, position: int, **fields: object
) -> Message:
    now = clock.now()
    return insert(
        Message(
            conversation=conversation,
            parent=parent,
            depth=0 if parent is None else parent.depth + 1,
            position=position,
            role=role,
            revision=conversation.revision,
            born=conversation.revision,
            created_at=now,
            **{"sealed_at": now, **fields},
        )
    )


def _of_person(order: Order, code: uuid.UUID) -> Conversation | None:
    """The person's conversation of that code, or None while nobody has one."""
    found = _by_code.first(code)
    if found is not None and (found.owner_id != order.person.pk or found.deleted_at is not None):
        raise Missing
    return found


def _new_conversation(order: Order, code: uuid.UUID, text: str) -> Conversation:
    return insert(
        Conversation(
            code=code,
            owner=order.person,
            title=present.title_of(text),
            model_name=order.talks_with or order.model_name,
            revision=1,
            active_at=clock.now(),
        )
    )


def _message(conversation: Conversation, code: uuid.UUID, role: Role | None = None) -> Message:
    rows = conversation.messages.select_related("parent")
    try:
        return rows.get(code=code, **({"role": role} if role else {}))
    except Message.DoesNotExist:
        raise Missing from None


def _advance_conversation(order: Order, conversation: Conversation, leaf: Message, *, grown: bool) -> None:
    listed = User.raise_revision(order.person.pk)
    changes: dict[str, Any] = {} if grown else {"path_revision": conversation.revision}
    changes |= {"leaf": leaf, "active_at": clock.now(), "listed_revision": listed}
    changes["model_name"] = order.talks_with or order.model_name
    changes["risen_revision"] = listed
    update(Conversation, {"pk": conversation.pk}, **changes)
    conversation.leaf = leaf
    broadcast.list_moved(order.person, listed)
