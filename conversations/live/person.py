"""The socket of one open page of a signed-in person: their list of conversations and their notices, and how many
cases wait for those who review.

It only shows: commands are POSTs, and no work is done here.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error as DatabaseError

from conversations import broadcast
from conversations.broadcast import MISSING, SIGNED_OUT
from conversations.db import db_live

from . import desk, frames, listing, pulse
from .access import Visitor, visitor_of
from .outbox import Outbox
from .rest import REST, Rest
from .transcript import Cursor, Drawing, Gone


class PersonConsumer(AsyncWebsocketConsumer):
    """Refuses by accepting and closing with 44xx, so that the page knows not to come back.

    `current` is the conversation that the list marks as the one the page is about, `code` the one it follows.
    """

    visitor: Visitor
    current: uuid.UUID | None
    code: uuid.UUID | None = None
    is_open = False
    is_greeted = False
    is_covered = False
    looks_itself = False

    async def connect(self) -> None:
        try:
            visitor = await db_live(visitor_of, self.scope)
        except DatabaseError:
            await self.close()  # before it was accepted: the page tries again
            return
        if visitor is None:
            await self.accept()
            await self.close(SIGNED_OUT)
            return
        self.begin(visitor)
        for group in self.groups_of_page():
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()

    def begin(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.current = self.scope["url_route"]["kwargs"].get("code")
        self.outbox = Outbox(self._send)
        self.cursor = Cursor()
        self.queue = Rest(REST, self._count_cases)
        self.is_open = True

    async def disconnect(self, code: int) -> None:
        if not hasattr(self, "visitor"):
            return
        self.end()
        for group in self.groups_of_page():
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """The page says what it shows (once, when it opens) and how much it has received."""
        if not self.is_open:
            return
        said = said_object(text_data)
        if isinstance(said.get("got"), int):
            if self.outbox.confirm(said["got"]):
                await self.redraw()
        elif not self.is_greeted:
            self.cursor = Cursor(_number(said, "revision"), _number(said, "list"), _number(said, "day"))
            self.is_greeted = True
            self.is_covered = said.get("covered") is True
            pulse.join(self)
            await self.catch_up()

    async def list_moved(self, message: dict[str, Any]) -> None:
        if self.is_shown and message["event"]["revision"] > self.cursor.listed:
            await self.show_list()

    async def queue_moved(self, message: dict[str, Any]) -> None:
        """Reviewers see on every page how many cases wait; a burst of changes is counted once."""
        self.queue.ask()

    async def turn_began(self, message: dict[str, Any]) -> None:
        """The list has said so already; only the page of its conversation follows the text."""

    async def access_ended(self, message: dict[str, Any]) -> None:
        event = broadcast.AccessEnded(**message["event"])
        if event.spare_session != self.visitor.session_hash:
            await self.close(event.code)

    async def pulse_missed(self, message: dict[str, Any]) -> None:
        """A poke was lost: compare with the database."""
        if self.is_shown:
            await self.catch_up()

    async def catch_up(self) -> None:
        """Show all that the page has not; one that was away or in the browser's memory shows nothing before that."""
        if await self.show_list() and self.code is None:
            self.confirm()
        if self.visitor.is_reviewer:
            self.queue.ask()

    async def show_list(self) -> bool:
        return await self.show(listing.draw, self.current) is not None

    def confirm(self) -> None:
        """What the page has still stands."""
        if self.is_covered:
            self.is_covered = not self.push(frames.CONFIRMED)

    async def redraw(self) -> None:
        """The page has received again what was sent, after it had fallen behind."""
        await self.catch_up()

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Send the page away; nothing goes to it any more and nothing it says counts."""
        self.end()
        await super().close(code, reason)

    def end(self) -> None:
        self.is_open = False
        pulse.leave(self)
        if hasattr(self, "visitor"):
            self.queue.drop()

    @property
    def awaits_turn(self) -> bool:
        """Whether the page shows a reply of which this process has had no log yet, or waits to hear that what it has
        still stands."""
        return self.is_covered

    @property
    def is_shown(self) -> bool:
        return self.is_open and self.is_greeted

    async def show(self, draw: Any, code: uuid.UUID | None, *args: Any) -> Drawing | None:
        try:
            drawing: Drawing = await db_live(draw, self.visitor, code, self.cursor, *args)
        except Gone:
            await self.close(MISSING)
            return None
        except DatabaseError:
            return None  # the pulse finds what this page lacks, as soon as the database is back
        return drawing if self.put(drawing) else None

    def put(self, drawing: Drawing) -> bool:
        if drawing.html and not self.push(drawing.html):
            return False
        self.cursor = drawing.cursor
        return True

    def push(self, html: str) -> bool:
        return self.outbox.put(html)

    async def _count_cases(self) -> None:
        if self.is_shown:
            self.push(await db_live(desk.draw_count, self.visitor))

    async def _send(self, html: str) -> None:
        if self.is_open:
            await self.send(text_data=html)

    def groups_of_page(self) -> tuple[str, ...]:
        person, session = self.visitor.code, self.visitor.session_hash
        reviewers = (broadcast.REVIEWERS,) if self.visitor.is_reviewer else ()
        return broadcast.person_group(person), broadcast.session_group(session), *reviewers


def said_object(text: str | None) -> dict[str, Any]:
    """What a page said; whatever is not an object is none."""
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError):  # the latter: brackets without end
        return {}
    return value if isinstance(value, dict) else {}


def _number(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    return value if isinstance(value, int) and 0 <= value < 2**53 else -1
