"""The socket of one open page of a signed-in person: who may have it, what it says, and when it ends."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error as DatabaseError

from conversations import broadcast
from conversations.broadcast import SIGNED_OUT
from conversations.db import db_live

from . import frames, pulse
from .access import Visitor, visitor_of
from .outbox import Outbox


class PageConsumer(AsyncWebsocketConsumer):
    """Refuses by accepting and closing with 44xx, so that the page knows not to come back.

    `is_open` from the moment it is let in until it is sent away, `is_greeted` once the page has said what it shows.
    `is_covered` while the page, which was away, shows nothing before it has heard that what it has still stands.
    """

    visitor: Visitor
    is_open = False
    is_greeted = False
    is_covered = False

    async def connect(self) -> None:
        try:
            visitor = await db_live(visitor_of, self.scope)
        except DatabaseError:
            await self.close()  # before it was accepted: the page tries again
            return
        refusal = SIGNED_OUT if visitor is None else self.refusal(visitor)
        if visitor is None or refusal:
            await self.accept()
            await self.close(refusal)
            return
        self.begin(visitor)
        for group in self.groups_of_page():
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()

    def refusal(self, visitor: Visitor) -> int:
        """The code by which a signed-in visitor is sent away; 0 for who may have the page."""
        return 0

    def begin(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.outbox = Outbox(self._send)
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
            self.is_greeted = True
            self.is_covered = said.get("covered") is True
            self.greet(said)
            pulse.join(self)
            await self.catch_up()

    @abstractmethod
    def greet(self, said: dict[str, Any]) -> None:
        """Take in what the page says that it shows; whatever that is, it comes from outside."""

    @abstractmethod
    async def catch_up(self) -> None:
        """Show all that the page has not."""

    async def redraw(self) -> None:
        """The page has received again what was sent, after it had fallen behind."""
        await self.catch_up()

    async def access_ended(self, message: dict[str, Any]) -> None:
        event = broadcast.AccessEnded(**message["event"])
        if event.spare_session != self.visitor.session_hash:
            await self.close(event.code)

    async def pulse_missed(self, message: dict[str, Any]) -> None:
        """A poke was lost: compare with the database."""
        if self.is_shown:
            await self.catch_up()

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Send the page away; nothing goes to it any more and nothing it says counts."""
        self.end()
        await super().close(code, reason)

    def end(self) -> None:
        self.is_open = False
        pulse.leave(self)

    @property
    def is_shown(self) -> bool:
        return self.is_open and self.is_greeted

    def confirm(self) -> None:
        """What the page has still stands."""
        if self.is_covered:
            self.is_covered = not self.push(frames.CONFIRMED)

    def push(self, html: str) -> bool:
        return self.outbox.put(html)

    async def _send(self, html: str) -> None:
        if self.is_open:
            await self.send(text_data=html)

    def groups_of_page(self) -> tuple[str, ...]:
        """Whose news it hears."""
        return broadcast.person_group(self.visitor.code), broadcast.session_group(self.visitor.session_hash)


def said_object(text: str | None) -> dict[str, Any]:
    """What a page said; whatever is not an object is none."""
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError):  # the latter: brackets without end
        return {}
    return value if isinstance(value, dict) else {}
