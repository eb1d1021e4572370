"""What a socket has shown, and what it must show to be up to date; synchronous, for the threads that only read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import translation

from conversations import present, turn_log
from conversations.models import Conversation, Turn, TurnState, User
from conversations.present import OpenText, ShownMessage

from . import frames
from .access import Visitor

MOST_ENTRIES = 50
# Not in these ends: a flag changes the question too, and an interrupted reply may be somebody else's shorter text.
FOLLOWED_TO_THE_END = (TurnState.COMPLETED, TurnState.FAILED, TurnState.STOPPED)


class Gone(Exception):
    """The conversation is somebody else's or deleted: for this person there is none."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """What the page shows: the conversation at `revision`, the list at `listed`. -1: nothing that fits."""

    revision: int = 0
    listed: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """Frames, where the page stands after them, and the turn whose text goes on from there."""

    html: str
    cursor: Cursor
    turn: uuid.UUID | None = None


def draw(visitor: Visitor, code: uuid.UUID, cursor: Cursor) -> Drawing:
    """All that changed in the conversation since `cursor`. A code that nobody has used yet is an empty page."""
    conversation = _conversation(visitor, code)
    if conversation is None or conversation.revision == cursor.revision:
        return Drawing("", cursor, _live_turn_code(conversation))
    with translation.override(visitor.language):
        html, context = _messages(conversation, cursor)
        html += frames.surroundings(conversation, context)
    return _drawing(html, conversation, cursor, context)


def draw_end(visitor: Visitor, code: uuid.UUID, cursor: Cursor, turn: uuid.UUID) -> Drawing:
    """What stands around a reply that the page has followed to its last word; all of it if that is not enough."""
    conversation = _conversation(visitor, code)
    rows = Turn.objects.filter(code=turn, conversation=conversation, state__in=FOLLOWED_TO_THE_END)
    ended = rows.values_list("reply_id", flat=True).first()
    if conversation is None or ended is None or conversation.revision != cursor.revision + 1:
        return draw(visitor, code, cursor)
    message = present.one(conversation, ended, {})
    if message is None or message.is_open or not message.is_shown:
        return draw(visitor, code, cursor)
    with translation.override(visitor.language):
        context = _context(conversation)
        html = frames.ended(message, context) + frames.surroundings(conversation, context)
    return _drawing(html, conversation, cursor, context)


def draw_list(visitor: Visitor, current: uuid.UUID, cursor: Cursor) -> Drawing:
    """The entries of the list of conversations that changed since `cursor`."""
    rows = Conversation.objects.filter(owner_id=visitor.pk, listed_revision__gt=cursor.listed)
    after = replace(cursor, listed=User.objects.values_list("revision", flat=True).get(pk=visitor.pk))
    newest = list(rows.order_by("-listed_revision")[:MOST_ENTRIES])
    if not newest:
        return Drawing("", after)
    gone = [each for each in newest if each.deleted_at is not None]
    moved = sorted((each for each in newest if each.deleted_at is None), key=lambda each: (each.active_at, each.pk))
    with translation.override(visitor.language):
        html = frames.list_entries(gone, moved, current) + frames.cursor(after.revision, after.listed)
    return Drawing(html, after)


def revisions(codes: set[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The revisions of many conversations, in one query."""
    return dict(Conversation.objects.filter(code__in=codes).values_list("code", "revision"))


def list_revisions(people: set[int]) -> dict[int, int]:
    """The list revisions of many people, in one query."""
    return dict(User.objects.filter(pk__in=people).values_list("pk", "revision"))


def _conversation(visitor: Visitor, code: uuid.UUID) -> Conversation | None:
    conversation = Conversation.objects.filter(code=code).first()
    if conversation is not None and (conversation.owner_id != visitor.pk or conversation.deleted_at is not None):
        raise Gone
    return conversation


def _messages(conversation: Conversation, cursor: Cursor) -> tuple[str, dict[str, Any]]:
    """What of the messages must be drawn, and the context that it was drawn in."""
    open_text = _left_to_live_turn()
    # A page may even be ahead: a database that was restored from a backup has older revisions.
    if not conversation.path_revision <= cursor.revision <= conversation.revision:
        context = _context(conversation)
        return frames.window(present.window(conversation, open_text), context), context
    changed, born = present.changed_since(conversation, open_text, cursor.revision)
    context = _context(conversation, _live_among(born))
    return "".join(frames.changed(each, context) for each in changed) + frames.grown(born, context), context


def _live_among(messages: Sequence[ShownMessage]) -> Turn | None:
    """A new reply brings its turn along: no query stands before the first word."""
    return next((each.turn for each in messages if each.turn is not None and each.turn.is_live), None)


def _left_to_live_turn() -> dict[uuid.UUID, OpenText]:
    """Replies that this process writes are drawn empty: their text follows as the snapshot of their turn."""
    return {code: OpenText((), 0) for code in turn_log.texts()}


def _context(conversation: Conversation, live: Turn | None = None) -> dict[str, Any]:
    return {"conversation": conversation, "live_turn": live or conversation.turns.live().first()}


def _live_turn_code(conversation: Conversation | None) -> uuid.UUID | None:
    return conversation.turns.live().values_list("code", flat=True).first() if conversation else None


def _drawing(html: str, conversation: Conversation, cursor: Cursor, context: dict[str, Any]) -> Drawing:
    after = replace(cursor, revision=conversation.revision)
    live = context["live_turn"]
    return Drawing(html + frames.cursor(after.revision, after.listed), after, live.code if live else None)
