"""What a socket has shown, and what it must show to be up to date; synchronous, for the threads that only read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from conversations import pictures, present, turn_log
from conversations.models import Conversation, Turn, TurnState, User
from conversations.models.conversation import Tree
from conversations.models.kept import kept
from conversations.models.prepared import Lookup
from conversations.openings import Opening
from conversations.present import OpenText, ShownMessage
from conversations.turns import gauge, upcoming

from . import frames
from .access import Visitor

# Not in these ends: a flag changes the question too, and an interrupted reply may be somebody else's shorter text.
FOLLOWED_TO_THE_END = (TurnState.COMPLETED, TurnState.FAILED, TurnState.STOPPED)

TURN = Lookup(Turn, "code")


class Gone(Exception):
    """The conversation is somebody else's or deleted: for this person there is none."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """What the page shows: the conversation at `revision`, the list at `listed`, sorted by `day`. -1: nothing that
    fits."""

    revision: int = 0
    listed: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """Frames, where the page stands after them, and the turn whose text goes on from there. `is_around`: nothing of
    the messages themselves was drawn."""

    html: str
    cursor: Cursor
    turn: uuid.UUID | None = None
    is_around: bool = False


def draw(visitor: Visitor, code: uuid.UUID, cursor: Cursor) -> Drawing:
    """All that changed in the conversation since `cursor`. A code that nobody has used yet is an empty page."""
    conversation = _conversation(visitor, code)
    if conversation is None or conversation.revision == cursor.revision:
        return Drawing("", cursor, _live_turn_code(conversation))
    with visitor.seeing():
        messages, context = _messages(conversation, cursor)
        html = messages + frames.surroundings(conversation, context)
    return replace(_drawing(html, conversation, cursor, context), is_around=not messages)


def draw_opening(visitor: Visitor, opening: Opening, cursor: Cursor) -> Drawing:
    """A question and its open reply at the end, from what is at hand: on the event loop, without the database."""
    with visitor.seeing():
        html = frames.opening(opening)
    return _drawing(html, opening.conversation, cursor, {"live_turn": opening.turn})


def draw_end(visitor: Visitor, code: uuid.UUID, cursor: Cursor, turn: uuid.UUID) -> Drawing:
    """What stands around a reply that the page has followed to its last word; all of it if that is not enough."""
    conversation = _conversation(visitor, code)
    if conversation is None or conversation.revision != cursor.revision + 1:
        return draw(visitor, code, cursor)
    ended = TURN.first(turn)
    if ended is None or ended.conversation_id != conversation.pk or ended.state not in FOLLOWED_TO_THE_END:
        return draw(visitor, code, cursor)
    tree = conversation.tree()
    message = present.one(conversation, ended.reply_id, {}, tree)
    is_as_followed = message is not None and message.turn is not None and not message.turn.is_checked
    is_as_followed = is_as_followed and not (message and message.pictures)  # which stand below what was followed
    if message is None or message.is_open or not message.is_shown or not is_as_followed:
        return draw(visitor, code, cursor)
    with visitor.seeing():
        context = _around_an_end(conversation, tree=tree)
        html = frames.ended(message, context) + frames.moved_by_a_turn(context)
    return _drawing(html, conversation, cursor, context)


def revisions(codes: set[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The revisions of many conversations, in one query."""
    return dict(Conversation.objects.filter(code__in=codes).values_list("code", "revision"))


def list_revisions(people: set[int]) -> dict[int, int]:
    """The list revisions of many people, in one query."""
    return dict(User.objects.filter(pk__in=people).values_list("pk", "revision"))


def _conversation(visitor: Visitor, code: uuid.UUID) -> Conversation | None:
    conversation = Conversation.objects.select_related("context_count").filter(code=code).first()
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
    html = "".join(frames.changed(each, context) for each in changed)
    html += frames.grown(born, context) if born else ""
    return html + _said(conversation, (*changed, *born)), context


def _said(conversation: Conversation, drawn: Sequence[ShownMessage]) -> str:
    """The end of a reply that the page did not follow, or what became of it later."""
    ended = (each for each in drawn if each.is_last and each.revision == conversation.revision)
    return "".join(frames.said_of_end(each) for each in ended if not each.is_question and not each.is_open)


def _live_among(messages: Sequence[ShownMessage]) -> Turn | None:
    """A new reply brings its turn along: no query stands before the first word."""
    return next((each.turn for each in messages if each.turn is not None and each.turn.is_live), None)


def _left_to_live_turn() -> dict[uuid.UUID, OpenText]:
    """Replies that this process writes are drawn empty: their text follows as the snapshot of their turn."""
    return {code: OpenText((), 0) for code in turn_log.texts()}


def _context(conversation: Conversation, live: Turn | None = None) -> dict[str, Any]:
    return _around_an_end(conversation, live) | {"tray": pictures.tray_of(conversation.owner, conversation.code)}


def _around_an_end(conversation: Conversation, live: Turn | None = None, tree: Tree | None = None) -> dict[str, Any]:
    return {
        "conversation": conversation,
        "live_turn": live or _live_turn(conversation),
        "next_message": upcoming.find(conversation),
        "gauge": gauge.of(conversation, (tree or conversation.tree()).path),
        "every": gauge.EVERY,
    }


def _live_turn(conversation: Conversation) -> Turn | None:
    for turn in kept(_live_turns, conversation.pk):
        turn.conversation = conversation
        return turn
    return None


def _live_turns(conversation_id: int) -> QuerySet[Turn]:
    return Turn.objects.live().filter(conversation=conversation_id).order_by("pk")[:1]


def _live_turn_code(conversation: Conversation | None) -> uuid.UUID | None:
    """That of a turn to follow: one that is to be checked as a whole shows nothing before its end."""
    live = conversation.turns.live().filter(is_checked=False) if conversation else None
    return live.values_list("code", flat=True).first() if live is not None else None


def _drawing(html: str, conversation: Conversation, cursor: Cursor, context: dict[str, Any]) -> Drawing:
    after = replace(cursor, revision=conversation.revision)
    live = context["live_turn"]
    followed = live.code if live and not live.is_checked else None
    return Drawing(html + frames.cursor(after.revision, after.listed), after, followed)
