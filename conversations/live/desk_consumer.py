"""The socket of the reviewer's desk: numbers, cases and claims move on open pages when they move in the queue."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from django.db import Error as DatabaseError

from conversations import broadcast
from conversations.broadcast import FORBIDDEN
from conversations.db import db_live

from . import desk
from .access import Visitor
from .desk import Shown
from .page import PageConsumer
from .rest import REST, Rest
from .transcript import Cursor


class DeskConsumer(PageConsumer):
    """Follows no conversation and no list: the pulse leaves it to look itself."""

    code: uuid.UUID | None = None
    cursor = Cursor()
    awaits_turn = False
    looks_itself = True

    def refusal(self, visitor: Visitor) -> int:
        return 0 if visitor.is_reviewer else FORBIDDEN

    def begin(self, visitor: Visitor) -> None:
        super().begin(visitor)
        self.shown = Shown()
        self.looking = asyncio.Lock()
        self.queue = Rest(REST, self.catch_up)

    def greet(self, said: dict[str, Any]) -> None:
        self.shown = Shown.of(said)

    async def queue_moved(self, message: dict[str, Any]) -> None:
        """Drawn after a moment of rest, together with what comes meanwhile."""
        self.queue.ask()

    async def catch_up(self) -> None:
        """Draw what the page does not show as it is now. One look after the other: of two at once the older, when it
        took longer, would put back numbers that the newer had replaced."""
        async with self.looking:
            if not self.is_shown:
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
            self.confirm()

    def end(self) -> None:
        super().end()
        if hasattr(self, "visitor"):
            self.queue.drop()

    def groups_of_page(self) -> tuple[str, ...]:
        return broadcast.REVIEWERS, *super().groups_of_page()
