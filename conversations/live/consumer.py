"""The socket of one open conversation. It only shows: commands are POSTs, and no work is done here."""

from __future__ import annotations

import json
import uuid
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from conversations import broadcast
from conversations.db import db_live

from . import pulse, transcript
from .access import MISSING, SIGNED_OUT, Visitor, visitor_of
from .live_turn import LiveTurn, live_turn
from .outbox import Outbox
from .transcript import Cursor, Drawing, Gone

NOTHING = Cursor(revision=-1)


class ConversationConsumer(AsyncWebsocketConsumer):
    """Refuses by accepting and closing with 44xx, so that the page knows not to come back."""

    visitor: Visitor
    code: uuid.UUID
    is_open = False

    async def connect(self) -> None:
        visitor = await db_live(visitor_of, self.scope)
        await self.accept()
        if visitor is None:
            await self.close(SIGNED_OUT)
            return
        self.visitor = visitor
        self.language = visitor.language
        self.code = self.scope["url_route"]["kwargs"]["code"]
        self.outbox = Outbox(self._send)
        self.cursor = Cursor()
        self.is_open = True
        self.is_greeted = False
        self._live: LiveTurn | None = None
        self._awaited: uuid.UUID | None = None
        for group in self._groups():
            await self.channel_layer.group_add(group, self.channel_name)

    async def disconnect(self, code: int) -> None:
        if not hasattr(self, "visitor"):
            return
        self._end()
        for group in self._groups():
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """The page says what it shows (once, when it opens) and how much it has received."""
        if not self.is_open:
            return
        said = _object(text_data)
        if isinstance(said.get("got"), int):
            if self.outbox.confirm(said["got"]):
                await self._redraw()
        elif not self.is_greeted:
            self.cursor = Cursor(_number(said, "revision"), _number(said, "list"))
            self.is_greeted = True
            pulse.join(self)
            await self.catch_up()

    async def conversation_moved(self, message: dict[str, Any]) -> None:
        event = broadcast.ConversationMoved(**message["event"])
        if not self._is_shown or event.owner != self.visitor.code or event.revision <= self.cursor.revision:
            return
        if self._live is not None and event.turn == str(self._live.log.turn) and not self.outbox.is_behind:
            turn = self._live.log.turn
            self._unfollow()
            await self._show_conversation(transcript.draw_end, turn)
        else:
            await self._show_conversation(transcript.draw)

    async def turn_began(self, message: dict[str, Any]) -> None:
        """A turn that was drawn while it stood in the queue has a log now."""
        turn = uuid.UUID(message["event"]["turn"])
        if turn == self._awaited:
            await self._follow(turn)

    async def list_moved(self, message: dict[str, Any]) -> None:
        if self._is_shown and message["event"]["revision"] > self.cursor.listed:
            await self._show(transcript.draw_list)

    async def access_ended(self, message: dict[str, Any]) -> None:
        event = broadcast.AccessEnded(**message["event"])
        if event.spare_session != self.visitor.session_hash:
            await self.close(event.code)

    async def pulse_missed(self, message: dict[str, Any]) -> None:
        """A poke was lost: compare with the database."""
        if self._is_shown:
            await self.catch_up()

    async def catch_up(self) -> None:
        """Show all that the page has not."""
        await self._show_conversation(transcript.draw)
        await self._show(transcript.draw_list)

    @property
    def awaits_turn(self) -> bool:
        """Whether the page shows a reply of which this process has had no log yet."""
        return self._awaited is not None

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Send the page away; nothing goes to it any more and nothing it says counts."""
        self._end()
        await super().close(code, reason)

    @property
    def _is_shown(self) -> bool:
        return self.is_open and self.is_greeted

    async def _redraw(self) -> None:
        self._unfollow()
        self.cursor = Cursor(NOTHING.revision, self.cursor.listed)
        await self.catch_up()

    async def _show_conversation(self, draw: Any, *args: Any) -> None:
        drawing = await self._show(draw, *args)
        if drawing is None:
            return
        # What was drawn may have replaced the reply that is followed, or the turn has ended: begin afresh.
        if drawing.html or drawing.turn is None:
            self._unfollow()
        self._awaited = None
        if drawing.turn is not None:
            await self._follow(drawing.turn)

    async def _show(self, draw: Any, *args: Any) -> Drawing | None:
        try:
            drawing: Drawing = await db_live(draw, self.visitor, self.code, self.cursor, *args)
        except Gone:
            await self.close(MISSING)
            return None
        if drawing.html and not self.push(drawing.html):
            return None
        self.cursor = drawing.cursor
        return drawing

    async def _follow(self, turn: uuid.UUID) -> None:
        live = live_turn(turn)
        self._awaited = turn if live is None else None
        if live is None or live is self._live:
            return
        self._unfollow()
        self._live = live
        await live.follow(self)

    def _unfollow(self) -> None:
        if self._live is not None:
            self._live.unfollow(self)
            self._live = None

    def push(self, html: str) -> bool:
        if self.outbox.put(html):
            return True
        self._unfollow()
        return False

    async def _send(self, html: str) -> None:
        if self.is_open:
            await self.send(text_data=html)

    def _end(self) -> None:
        self.is_open = False
        pulse.leave(self)
        if hasattr(self, "visitor"):
            self._unfollow()

    def _groups(self) -> tuple[str, ...]:
        return (
            broadcast.conversation_group(self.code),
            broadcast.person_group(self.visitor.code),
            broadcast.session_group(self.visitor.session_hash),
        )


def _object(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError):  # the latter: brackets without end
        return {}
    return value if isinstance(value, dict) else {}


def _number(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    return value if isinstance(value, int) and 0 <= value < 2**53 else -1
