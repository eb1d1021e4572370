"""The socket of the reviewer's desk: numbers, cases and claims move on open pages when they move in the queue."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error as DatabaseError

from conversations import broadcast
from conversations.broadcast import FORBIDDEN, SIGNED_OUT
from conversations.db import db_live

from . import desk, frames, pulse
from .access import Visitor, visitor_of
from .desk import Shown
from .outbox import Outbox
from .person import said_object
from .rest import REST, Rest
from .transcript import Cursor


class DeskConsumer(AsyncWebsocketConsumer):
    """Refuses by accepting and closing with 44xx, so that the page knows not to come back."""

    visitor: Visitor
    code: uuid.UUID | None = None
    cursor = Cursor()
    awaits_turn = False
    looks_itself = True
    is_open = False
    is_covered = False

    async def connect(self) -> None:
        try:
            visitor = await db_live(visitor_of, self.scope)
        except DatabaseError:
            await self.close()  # before it was accepted: the page tries again
            return
        await self.accept()
        if visitor is None or not visitor.is_reviewer:
            await self.close(SIGNED_OUT if visitor is None else FORBIDDEN)
            return
        self.visitor = visitor
        self.outbox = Outbox(self._send)
        self.shown: Shown | None = None
        self.looking = asyncio.Lock()
        self.is_open = True
        self.queue = Rest(REST, self.look)
        for group in self._groups():
            await self.channel_layer.group_add(group, self.channel_name)

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "visitor"):
            self._end()
            for group in self._groups():
                await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """The page says what it shows (once, when it opens) and how much it has received."""
        said = said_object(text_data)
        if not self.is_open:
            return
        if isinstance(said.get("got"), int):
            if self.outbox.confirm(said["got"]):
                await self.look()
        elif self.shown is None:
            self.shown = Shown.of(said)
            pulse.join(self)
            self.is_covered = said.get("covered") is True  # it was away, and shows nothing before that
            await self.look()

    async def queue_moved(self, message: dict[str, Any]) -> None:
        """Drawn after a moment of rest, together with what comes meanwhile."""
        self.queue.ask()

    async def access_ended(self, message: dict[str, Any]) -> None:
        event = broadcast.AccessEnded(**message["event"])
        if event.spare_session != self.visitor.session_hash:
            await self.close(event.code)

    async def pulse_missed(self, message: dict[str, Any]) -> None:
        await self.look()

    async def look(self) -> None:
        """Draw what the page does not show as it is now. One look after the other: of two at once the older, when it
        took longer, would put back numbers that the newer had replaced."""
        async with self.looking:
            if self.shown is None or not self.is_open:
                return
            shown = self.shown.copied()
            try:
                html = await db_live(desk.draw, self.visitor, shown)
            except DatabaseError:
                return  # the pulse looks again, as soon as the database is back
            if html is None:
                await self.close(FORBIDDEN)
                return
            if html and not self.push(html):
                return  # it reads too slowly, and shows what it showed
            self.shown = shown
            if self.is_covered:
                self.is_covered = not self.push(frames.CONFIRMED)

    def push(self, html: str) -> bool:
        return self.outbox.put(html)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Send the page away; nothing goes to it any more and nothing it says counts."""
        self._end()
        await super().close(code, reason)

    async def _send(self, html: str) -> None:
        if self.is_open:
            await self.send(text_data=html)

    def _end(self) -> None:
        self.is_open = False
        pulse.leave(self)
        if hasattr(self, "visitor"):
            self.queue.drop()

    def _groups(self) -> tuple[str, ...]:
        visitor = self.visitor
        own = broadcast.person_group(visitor.code), broadcast.session_group(visitor.session_hash)
        return (broadcast.REVIEWERS, *own)
