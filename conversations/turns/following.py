"""What follows the end of a turn by itself, inside the transaction that ended it; never raises, for the reply must be
sealed."""

from __future__ import annotations

import structlog
from django.db import transaction

from conversations.glm import Finish
from conversations.models import Role, Turn, TurnState

from . import context, start
from .orders import Order
from .path import start_of_context

logger = structlog.get_logger(__name__)


def follow(turn: Turn) -> None:
    """Go on, with earlier turns summarised, with a reply that the model's window had no room for; and have turns
    summarised every so many, where their person wants that."""
    conversation = turn.conversation
    is_over = conversation.deleted_at is not None or not conversation.owner.is_active
    if turn.state != TurnState.COMPLETED or is_over:
        return
    try:
        with transaction.atomic():
            if turn.finish == Finish.CONTEXT_FULL.value and not turn.reply.continues:
                _go_on(turn)
            elif turn.finish == Finish.STOP.value:
                _summarise_by_count(turn)
    except Exception:
        logger.exception("nothing follows", turn=str(turn.code))


def _go_on(turn: Turn) -> None:
    """Once: a reply that fills the window alone is not helped."""
    conversation = turn.conversation
    nodes = conversation.tree().path_to(turn.reply_id)
    if context.end_of_old(nodes, start_of_context(nodes), is_asking=True) is not None:
        order = Order(conversation.owner, turn.model_name, needs_room=True)
        start.continue_reply(order, conversation.code, turn.reply.code)


def _summarise_by_count(turn: Turn) -> None:
    conversation = turn.conversation
    every = conversation.owner.summary_every if conversation.summary_every is None else conversation.summary_every
    if not every:
        return
    nodes = conversation.tree().path_to(turn.reply_id)
    if sum(node.role == Role.USER for node in nodes[start_of_context(nodes) :]) > every:
        # Once more: pages that wait for the end of this reply only would not look at what else has changed.
        conversation.next_revision()
        context.want(conversation, nodes)
