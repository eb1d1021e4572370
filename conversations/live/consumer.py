"""The socket of one open conversation: its messages, and all that other pages show as well."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db import Error as DatabaseError

from conversations import broadcast, clock, line, openings
from conversations.line import Place
from conversations.models import SeenBy
from conversations.moderation import Seen

from . import exposure, frames, transcript
from .access import Visitor
from .live_turn import LiveTurn, live_turn
from .person import PersonConsumer
from .transcript import Cursor, Drawing

NOTHING = Cursor(revision=-1)


class ConversationConsumer(PersonConsumer):
    """Also follows the text of the reply that is being written."""

    code: uuid.UUID

    def begin(self, visitor: Visitor) -> None:
        super().begin(visitor)
        self.language = visitor.language
        self.code = self.scope["url_route"]["kwargs"]["code"]
        self._live: LiveTurn | None = None
        self._awaited: uuid.UUID | None = None
        self._in_line: uuid.UUID | None = None

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "visitor") and (seen := self._seen()) is not None:
            self.end()
            await exposure.closed(seen)
        await super().disconnect(code)

    async def conversation_moved(self, message: dict[str, Any]) -> None:
        event = broadcast.ConversationMoved(**message["event"])
        if not self.is_shown or event.owner != self.visitor.code or event.revision <= self.cursor.revision:
            return
        if (opening := self._opening(event)) is not None:
            await self._open(transcript.draw_opening(self.visitor, opening, self.cursor))
        elif await self._has_followed_to_its_end(event.turn):
            self._unfollow()
            await self._show_conversation(transcript.draw_end, uuid.UUID(event.turn))
        else:
            await self._show_conversation(transcript.draw)

    async def _has_followed_to_its_end(self, turn: str) -> bool:
        live = self._live
        if live is None or turn != str(live.log.turn) or self.outbox.is_behind:
            return False
        return await live.log.is_seen_whole()

    def _opening(self, event: broadcast.ConversationMoved) -> openings.Opening | None:
        """What is new, when that is a question at the end and nothing else, asked of this process a moment ago."""
        if not event.grown or event.revision != self.cursor.revision + 1:
            return None
        opening = openings.find(uuid.UUID(event.turn))
        return opening if opening is not None and opening.revision == event.revision else None

    async def turn_began(self, message: dict[str, Any]) -> None:
        """A turn that was drawn while it stood in the queue has a log now."""
        turn = uuid.UUID(message["event"]["turn"])
        if turn == self._awaited:
            await self._follow(turn)

    async def catch_up(self) -> None:
        if await self._show_conversation(transcript.draw):
            self.confirm()
        await super().catch_up()

    @property
    def awaits_turn(self) -> bool:
        return super().awaits_turn or self._awaited is not None

    async def redraw(self) -> None:
        self._unfollow()
        self.cursor = replace(self.cursor, revision=NOTHING.revision)
        await self.catch_up()

    async def _show_conversation(self, draw: Any, *args: Any) -> bool:
        drawing = await self.show(draw, self.code, *args)
        if drawing is not None:
            await self._follow_from(drawing)
        return drawing is not None

    async def _open(self, drawing: Drawing) -> None:
        if self.put(drawing):
            await self._follow_from(drawing, is_drawn_empty=True)

    async def _follow_from(self, drawing: Drawing, *, is_drawn_empty: bool = False) -> None:
        # What was drawn may have replaced the reply that is followed, or the turn has ended: begin afresh.
        if (drawing.html and not drawing.is_around) or drawing.turn is None:
            self._unfollow()
        self._awaited = None
        self._watch_line(drawing.turn)
        if drawing.turn is not None:
            await self._follow(drawing.turn, is_drawn_empty=is_drawn_empty)

    async def _follow(self, turn: uuid.UUID, *, is_drawn_empty: bool = False) -> None:
        live = await self._live_turn(turn)
        self._awaited = turn if live is None else None
        if live is None or live is self._live or not self.is_open:
            return
        self._unfollow()
        self._live = live
        await live.follow(self, is_drawn_empty=is_drawn_empty)

    def _watch_line(self, turn: uuid.UUID | None) -> None:
        """Show where the turn stands while it has to wait."""
        if turn == self._in_line or (turn is not None and not self.is_open):
            return
        if self._in_line is not None:
            line.unwatch(self._in_line, self._show_place)
        self._in_line = turn
        if turn is not None:
            line.watch(turn, self._show_place)

    def _show_place(self, place: Place | None) -> None:
        with self.visitor.seeing():
            if place is not None:
                self.push(frames.in_line(place))
            elif self._live is not None:
                log = self._live.log
                self.push(frames.writing(log.reply, clock.monotonic() - log.began))

    @staticmethod
    async def _live_turn(turn: uuid.UUID) -> LiveTurn | None:
        with suppress(DatabaseError):
            return await live_turn(turn)
        return None

    def _seen(self) -> Seen | None:
        """What this page has been sent of the reply that it follows."""
        live = self._live
        if live is None or not live.shown:
            return None
        person, session = uuid.UUID(self.visitor.code), self.visitor.session_hash
        return Seen(live.log.reply, person, session, SeenBy.SOCKET, live.shown, live.shown_at)

    def _unfollow(self) -> None:
        if self._live is not None:
            if self._live.is_void and (seen := self._seen()) is not None:
                exposure.note(seen)
            self._live.unfollow(self)
            self._live = None

    def push(self, html: str) -> bool:
        if super().push(html):
            return True
        self._unfollow()
        return False

    def end(self) -> None:
        if hasattr(self, "visitor"):
            self._watch_line(None)
            self._unfollow()
        super().end()

    def groups_of_page(self) -> tuple[str, ...]:
        return broadcast.conversation_group(self.code), *super().groups_of_page()
