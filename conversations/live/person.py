"""The socket of one open page of a signed-in person: their list of conversations and their notices, and how many
cases wait for those who review.

It only shows: commands are POSTs, and no work is done here.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import Error as DatabaseError

from conversations import broadcast
from conversations.broadcast import MISSING
from conversations.db import db_live

from . import desk, listing
from .access import Visitor
from .page import PageConsumer
from .rest import REST, Rest
from .transcript import Cursor, Drawing, Gone


class PersonConsumer(PageConsumer):
    """`current` is the conversation that the list marks as the one the page is about, `code` the one it follows."""

    current: uuid.UUID | None
    code: uuid.UUID | None = None
    looks_itself = False

    def begin(self, visitor: Visitor) -> None:
        super().begin(visitor)
        self.current = self.scope["url_route"]["kwargs"].get("code")
        self.cursor = Cursor()
        self.queue = Rest(REST, self._count_cases)

    def greet(self, said: dict[str, Any]) -> None:
        self.cursor = Cursor(_number(said, "revision"), _number(said, "list"), _number(said, "day"))

    async def list_moved(self, message: dict[str, Any]) -> None:
        if self.is_shown and message["event"]["revision"] > self.cursor.listed:
            await self.show_list()

    async def queue_moved(self, message: dict[str, Any]) -> None:
        """Reviewers see on every page how many cases wait; a burst of changes is counted once."""
        self.queue.ask()

    async def turn_began(self, message: dict[str, Any]) -> None:
        """The list has said so already; only the page of its conversation follows the text."""

    async def catch_up(self) -> None:
        if await self.show_list() and self.code is None:
            self.confirm()
        if self.visitor.is_reviewer:
            self.queue.ask()

    async def show_list(self) -> bool:
        return await self.show(listing.draw, self.current) is not None

    def end(self) -> None:
        super().end()
        if hasattr(self, "visitor"):
            self.queue.drop()

    @property
    def awaits_turn(self) -> bool:
        """Whether the page shows a reply of which this process has had no log yet, or waits to hear that what it has
        still stands."""
        return self.is_covered

    async def show(self, draw: Any, code: uuid.UUID | None, *args: Any) -> Drawing | None:
        """What is new by `draw`, on its way to the page; None when the page is sent away or takes nothing now."""
        try:
            drawing: Drawing = await db_live(draw, self.visitor, code, self.cursor, *args)
        except Gone:
            await self.close(MISSING)
            return None
        except DatabaseError:
            return None  # the pulse finds what this page lacks, as soon as the database is back
        return drawing if self.put(drawing) else None

    def put(self, drawing: Drawing) -> bool:
        """False when the page reads too slowly: then it shows what it showed."""
        if drawing.html and not self.push(drawing.html):
            return False
        self.cursor = drawing.cursor
        return True

    async def _count_cases(self) -> None:
        if self.is_shown:
            self.push(await db_live(desk.draw_count, self.visitor))

    def groups_of_page(self) -> tuple[str, ...]:
        reviewers = (broadcast.REVIEWERS,) if self.visitor.is_reviewer else ()
        return *super().groups_of_page(), *reviewers


def _number(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    return value if isinstance(value, int) and 0 <= value < 2**53 else -1
