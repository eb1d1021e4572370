"""What a person does with the context of a conversation: end it here, reach back again, have it summarised."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from conversations import broadcast
from conversations.models import ContextEnd, Conversation, Message, Node, Role, Summary, SummaryState, User
from conversations.models.prepared import update
from conversations.models.summary import UNMADE

from .access import locked
from .errors import Busy, Missing, Unfit
from .path import start_of_next


def clear(person: User, code: uuid.UUID) -> Message:
    """Let the next question begin anew, with the instructions alone; twice changes nothing. Raises Missing, Busy, and
    Unfit where nothing has been said."""
    with transaction.atomic():
        conversation = _idle(person, code)
        leaf = conversation.leaf
        if leaf is None:
            raise Unfit
        if leaf.context_end != ContextEnd.CLEARED:
            _end_context(conversation, leaf.pk, ContextEnd.CLEARED)
    return leaf


def reach_back(person: User, code: uuid.UUID, message_code: uuid.UUID) -> None:
    """Undo what ends the context behind a message: a division, else its summary. Twice changes nothing."""
    with transaction.atomic():
        conversation = _idle(person, code)
        message = conversation.messages.filter(code=message_code).first()
        if message is None:
            raise Missing
        kept = Summary.objects.filter(message=message, state=SummaryState.DONE)
        if message.context_end == ContextEnd.CLEARED and kept.exists():
            _end_context(conversation, message.pk, ContextEnd.SUMMARY)
        elif message.context_end:
            kept.delete()
            _end_context(conversation, message.pk, "")


def ask_for_summary(person: User, code: uuid.UUID) -> Summary:
    """Want all but the last turn summarised, or all if that is the only one. Raises Missing, Busy, and Unfit where
    nothing has been said since the context began."""
    with transaction.atomic():
        conversation = _idle(person, code)
        summary = want(conversation, conversation.tree().path)
        if summary is None:
            raise Unfit
    return summary


def stop_summary(person: User, code: uuid.UUID, summary_code: uuid.UUID) -> Summary:
    """Give up a summary that is wanted or being made; too late changes nothing."""
    with transaction.atomic():
        conversation = locked(person, code)
        summary = Summary.objects.filter(code=summary_code, conversation=conversation).first()
        if summary is None:
            raise Missing
        if summary.state in UNMADE and summary.move(SummaryState.STOPPED, lease_until=None):
            redraw(conversation, summary.message_id)
    return summary


def summarise_every(person: User, code: uuid.UUID, count: int | None) -> None:
    """After how many turns earlier ones are summarised in a conversation: 0 never, None as its person prefers."""
    with transaction.atomic():
        conversation = locked(person, code)
        Conversation.objects.filter(pk=conversation.pk).update(summary_every=count)
        broadcast.conversation_moved(conversation)


def want(conversation: Conversation, nodes: Sequence[Node]) -> Summary | None:
    """Want the turns of a path summarised, in a conversation that is locked; None where there are none, or some are
    being summarised already."""
    place = end_of_old(nodes, start_of_next(nodes))
    if place is None or Summary.objects.filter(conversation=conversation).unmade().exists():
        return None
    try:
        with transaction.atomic():
            return wanted(conversation, nodes, place)
    except IntegrityError:
        return None


def wanted(conversation: Conversation, nodes: Sequence[Node], place: int) -> Summary:
    """The summary of a path up to a place of it, wanted: a new one, or the one that was there."""
    turn_count = sum(node.role == Role.USER for node in nodes[: place + 1])
    summary, _ = Summary.objects.get_or_create(
        message_id=nodes[place].id, defaults={"conversation": conversation, "turn_count": turn_count}
    )
    if summary.state != SummaryState.WANTED:
        summary.move(SummaryState.WANTED, text="", token_count=None, attempt=0, trouble="", turn_code=None)
    redraw(conversation, nodes[place].id)
    return summary


def end_of_old(
    nodes: Sequence[Node], start: int, counts: Sequence[int] = (), keep: int = 0, *, is_asking: bool = False
) -> int | None:
    """The place of the last message to be summarised, of a path whose context begins at `start`.

    What comes after it has at most `keep` tokens (`counts`, one a node) if that can be, and holds the last question.
    Unless that question is being asked (`is_asking`), a single turn is summarised as a whole.
    """
    ends = [i for i in range(start, len(nodes) - 1) if _is_seam(nodes[i], nodes[i + 1])]
    if not ends:
        has_turn = not is_asking and any(node.role == Role.USER for node in nodes[start:])
        return len(nodes) - 1 if has_turn else None
    fitting = (i for i in ends if sum(counts[i + 1 :]) <= keep) if counts else iter(())
    return next(fitting, ends[-1])


def redraw(conversation: Conversation, message_id: int) -> None:
    """Let every page draw the message anew, and tell them."""
    update(Message, {"pk": message_id}, revision=conversation.revision)
    broadcast.conversation_moved(conversation)


def _end_context(conversation: Conversation, message_id: int, end: str) -> None:
    Message.objects.filter(pk=message_id).update(context_end=end)
    redraw(conversation, message_id)


def _idle(person: User, code: uuid.UUID) -> Conversation:
    conversation = locked(person, code)
    if conversation.turns.live().exists():
        raise Busy
    return conversation


def _is_seam(one: Node, other: Node) -> bool:
    return one.role == Role.ASSISTANT and other.role == Role.USER
