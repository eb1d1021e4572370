"""What a person orders: a question, and who is to answer it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conversations import pictures, present
from conversations.glm import tokens
from conversations.models import Part, Turn, User, text_part
from conversations.pictures import SentPicture

from .errors import NoPicture


@dataclass(frozen=True, slots=True)
class Order:
    """Who asks, with which model, and the key that makes a repeated order the same order.

    `begin` is called with the turn in the transaction that makes it: a process that can run it takes it there, so that
    nothing stands between a question and its answer, and no page ever sees it waiting. With `needs_room` earlier turns
    are summarised first. `talks_with` is the conversation's own model where another makes this one reply. `is_later`
    says of a message that has to wait that its answer is wanted in the background.
    """

    person: User
    model_name: str
    client_key: uuid.UUID | None = None
    begin: Callable[[Turn], None] | None = None
    needs_room: bool = False
    talks_with: str = ""
    is_later: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A text that becomes a message, rendered before the transaction: the database has one writer."""

    text: str
    parts: tuple[Part, ...]
    html: list[str]
    token_count: int | None = None
    pictures: tuple[SentPicture, ...] = ()


def question_of(text: str, sent: tuple[SentPicture, ...] = ()) -> Question:
    parts = (*pictures.parts_of(sent), *(text_part(text) if text else ()))
    return Question(text, parts, present.render_parts(parts), tokens.estimated(text), sent)


def from_tray(person: User, code: uuid.UUID, tray: Sequence[uuid.UUID]) -> tuple[SentPicture, ...]:
    """The pictures of a box that a form names, in the order of the box. Raises NoPicture when one is gone."""
    if not tray:
        return ()
    rows = [row for row in pictures.tray_of(person, code) if row.code in set(tray)]
    if len(rows) != len(set(tray)):
        raise NoPicture
    return pictures.sent(rows)
