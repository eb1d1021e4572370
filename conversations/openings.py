"""The two messages that a question has just made, kept while their turn runs: the pages of this process draw them
without asking the database, because nothing may stand before the first word. Everything here is on the event loop.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from conversations import present
from conversations.models import Conversation, Turn
from conversations.present import ShownMessage


@dataclass(frozen=True, slots=True)
class Opening:
    """A question and its open reply at the end of a conversation, which had one revision less without them."""

    conversation: Conversation
    turn: Turn
    revision: int
    messages: tuple[ShownMessage, ShownMessage]


def opening_of(turn: Turn, number: int) -> Opening | None:
    """For a turn whose question was asked with it, as the one of that number; None when the question is older, or has
    pictures, which are drawn with what the database has."""
    if turn.question.born != turn.reply.born or present.pictures_of(turn.question):
        return None
    messages = present.just_asked(turn, number)
    return Opening(turn.conversation, turn, turn.reply.born, messages)


_openings: dict[uuid.UUID, Opening] = {}


def keep(opening: Opening) -> None:
    _openings[opening.turn.code] = opening


def find(turn: uuid.UUID) -> Opening | None:
    return _openings.get(turn)


def drop(turn: uuid.UUID) -> None:
    _openings.pop(turn, None)
