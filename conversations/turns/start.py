"""The commands of a person: each stores what was asked in one transaction and leaves the rest to the background."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, models, transaction

from conversations import broadcast, clock, present
from conversations.markdown import RENDERER_VERSION
from conversations.models import (
    Conversation,
    Message,
    MessageState,
    Part,
    Role,
    Turn,
    TurnState,
    User,
    text_part,
)


class CommandError(Exception):
    """A command that cannot be carried out now; nothing was stored.

    CommandError
     ├── Busy      a reply is still being written in this conversation
     ├── Missing   no such conversation or message for this person
     └── Unfit     the message is not one that this command works on
    """


class Busy(CommandError):
    """A reply is still being written in this conversation."""


class Missing(CommandError):
    """No such conversation or message for this person."""


class Unfit(CommandError):
    """The message is not one that this command works on."""


@dataclass(frozen=True, slots=True)
class Order:
    """Who asks, with which model, and the key that makes a repeated order the same order.

    `begin` is called with the turn in the transaction that makes it: a process that can run it takes it there, so that
    nothing stands between a question and its answer, and no page ever sees it waiting.
    """

    person: User
    model_name: str
    client_key: uuid.UUID | None = None
    begin: Callable[[Turn], None] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A text that becomes a message, rendered before the transaction: the database has one writer."""

    text: str
    parts: tuple[Part, ...]
    html: list[str]


def send(order: Order, code: uuid.UUID, text: str) -> Turn:
    """Ask `text` at the end of a conversation, which the first question creates under the code of its page."""
    question = _question(text)
    return _once(order, lambda: _send(order, code, question))


def regenerate(order: Order, code: uuid.UUID, reply_code: uuid.UUID) -> Turn:
    """Answer the question of a reply again, as an alternative."""
    return _once(order, lambda: _regenerate(order, code, reply_code))


def edit_and_resend(order: Order, code: uuid.UUID, question_code: uuid.UUID, text: str) -> Turn:
    """Ask a question anew, as an alternative of the old one."""
    question = _question(text)
    return _once(order, lambda: _edit(order, code, question_code, question))


def continue_reply(order: Order, code: uuid.UUID, reply_code: uuid.UUID) -> Turn:
    """Go on with a reply that ended early, in a child of it."""
    return _once(order, lambda: _continue(order, code, reply_code))


def show_alternative(person: User, code: uuid.UUID, message_code: uuid.UUID) -> Conversation:
    """Make the shown path lead through a message."""
    with transaction.atomic():
        conversation = _locked(person, code)
        message = _message(conversation, message_code)
        leaf = conversation.tree().latest_leaf(message.pk)
        Conversation.objects.filter(pk=conversation.pk).update(leaf_id=leaf, path_revision=conversation.revision)
        broadcast.conversation_moved(conversation)
    return conversation


def owned(person: User, code: uuid.UUID) -> Conversation:
    """A person's conversation, or Missing: strangers and the deleted look the same."""
    try:
        return Conversation.objects.of(person).get(code=code)
    except Conversation.DoesNotExist:
        raise Missing from None


def _locked(person: User, code: uuid.UUID) -> Conversation:
    conversation = owned(person, code)
    conversation.next_revision()
    return conversation


def _once(order: Order, command: Callable[[], Turn]) -> Turn:
    """Carry out a command, or find the turn that the same order made before.

    Nothing is asked first: a repeated order meets a constraint (or a conversation that has moved on), and the row it
    left says which of the two it was.
    """
    try:
        with transaction.atomic():
            return _begun(order, command())
    except (IntegrityError, Unfit) as error:
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


def _question(text: str) -> Question:
    parts = text_part(text)
    return Question(text, parts, present.render_parts(parts))


def _send(order: Order, code: uuid.UUID, question: Question) -> Turn:
    conversation = _of_person(order, code)
    if conversation is None:
        return _ask(order, _new_conversation(order, code, question.text), None, question, grown=True, is_first=True)
    conversation.next_revision()
    rows = Message.objects.select_related("turn")
    leaf = rows.filter(pk=conversation.leaf_id).first() if conversation.leaf_id else None
    _redraw_what_was_last(conversation, leaf)
    return _ask(order, conversation, leaf, question, grown=True)


def _redraw_what_was_last(conversation: Conversation, leaf: Message | None) -> None:
    """A reply that ended early offers to go on only while it is the last."""
    turn = getattr(leaf, "turn", None)
    if leaf is not None and turn is not None and (turn.state, turn.finish) != (TurnState.COMPLETED, "stop"):
        Message.objects.filter(pk=leaf.pk).update(revision=conversation.revision)


def _edit(order: Order, code: uuid.UUID, question_code: uuid.UUID, question: Question) -> Turn:
    conversation = _locked(order.person, code)
    edited = _message(conversation, question_code, Role.USER)
    return _ask(order, conversation, edited.parent, question, grown=False)


def _regenerate(order: Order, code: uuid.UUID, reply_code: uuid.UUID) -> Turn:
    conversation = _locked(order.person, code)
    reply = _message(conversation, reply_code, Role.ASSISTANT)
    while reply.continues and reply.parent is not None:
        reply = reply.parent
    if reply.parent is None or not present.may_be_sent(reply.parent.visibility):
        raise Unfit
    return _answer(order, conversation, reply.parent, _next_position(conversation, reply.parent))


def _continue(order: Order, code: uuid.UUID, reply_code: uuid.UUID) -> Turn:
    conversation = _locked(order.person, code)
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
    is_first: bool = False,
) -> Turn:
    rendered = {"html": question.html, "renderer_version": RENDERER_VERSION}
    position = 0 if is_first else _next_position(conversation, parent)
    message = _new_message(conversation, parent, Role.USER, position, parts=question.parts, **rendered)
    if not conversation.title:  # as after a first question which GLM did not accept
        Conversation.objects.filter(pk=conversation.pk, title="").update(title=present.title_of(question.text))
    return _answer(order, conversation, message, 0, grown=grown)


def _answer(
    order: Order,
    conversation: Conversation,
    parent: Message,
    position: int,
    *,
    grown: bool = False,
    continues: bool = False,
) -> Turn:
    state = {"state": MessageState.OPEN, "continues": continues, "sealed_at": None}
    reply = _new_message(conversation, parent, Role.ASSISTANT, position, **state)
    turn = Turn.objects.create(
        conversation=conversation,
        person=order.person,
        question=parent,
        reply=reply,
        client_key=order.client_key,
        state=TurnState.QUEUED,
        model_name=order.model_name,
        queued_at=clock.now(),
    )
    # Told first: a socket draws one thing after the other, and the reply is what its person waits for.
    broadcast.conversation_moved(conversation, turn=turn.code, grown=grown)
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
    return Message.objects.create(
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


def _of_person(order: Order, code: uuid.UUID) -> Conversation | None:
    """The person's conversation of that code, or None while nobody has one."""
    found = Conversation.objects.filter(code=code).first()
    if found is not None and (found.owner_id != order.person.pk or found.deleted_at is not None):
        raise Missing
    return found


def _new_conversation(order: Order, code: uuid.UUID, text: str) -> Conversation:
    return Conversation.objects.create(
        code=code,
        owner=order.person,
        title=present.title_of(text),
        model_name=order.model_name,
        revision=1,
        active_at=clock.now(),
    )


def _message(conversation: Conversation, code: uuid.UUID, role: Role | None = None) -> Message:
    rows = conversation.messages.select_related("parent")
    try:
        return rows.get(code=code, **({"role": role} if role else {}))
    except Message.DoesNotExist:
        raise Missing from None


def _advance_conversation(order: Order, conversation: Conversation, leaf: Message, *, grown: bool) -> None:
    listed = User.raise_revision(order.person.pk)
    changes = {"path_revision": conversation.revision} if not grown else {}
    Conversation.objects.filter(pk=conversation.pk).update(
        leaf=leaf, active_at=clock.now(), model_name=order.model_name, listed_revision=listed, **changes
    )
    conversation.leaf = leaf
    broadcast.list_moved(order.person, listed)
