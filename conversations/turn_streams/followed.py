"""A log that another process writes, as far as it is known here."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable

from conversations import clock
from conversations.present import OpenText
from conversations.turn_log import TurnLog

from .entries import END, VOID, Entry, continues

# Kept for a moment without viewers: a page that is drawn anew leaves and comes back.
KEPT_FOR = 5.0  # seconds


class FollowedLog(TurnLog):
    """`known` is the id of the last entry that was read; `is_behind`: only a checkpoint can help."""

    def __init__(
        self,
        turn: uuid.UUID,
        reply: uuid.UUID,
        owner: uuid.UUID,
        text: OpenText,
        read: Callable[[FollowedLog], Awaitable[None]],
    ) -> None:
        super().__init__(turn, reply, owner)
        self.known = "0-0"
        self.is_behind = self.is_whole = False
        self._sealing: asyncio.Task[list[str]] | None = None
        self.heard_at = self.seen_at = clock.monotonic()
        self._read = read
        self.become(text)

    @property
    def is_wanted(self) -> bool:
        if self._watchers:
            self.seen_at = clock.monotonic()
        return clock.monotonic() - self.seen_at < KEPT_FOR

    async def is_seen_whole(self) -> bool:
        if not self.is_whole:
            await self._read(self)
        if self._sealing is not None:
            await asyncio.shield(self._sealing)
        return self.is_whole

    def take(self, entries: list[Entry]) -> None:
        """Show what fits; stop where something is missing."""
        self.heard_at = clock.monotonic()
        for entry in entries:
            if entry.after > self.seq:
                self.is_behind = True
                break
            self._apply(entry)
            self.known = entry.id
        if not self.is_whole:
            self.announce()
        elif self._sealing is None:
            # A task: a long text is rendered aside, and who reads for all must not wait for it.
            self._sealing = asyncio.get_running_loop().create_task(self.finish())

    def become(self, text: OpenText) -> None:
        """Go on from what the database has, where that is more."""
        if text.seq <= self.seq:
            return
        if not continues(self.text().parts, text.parts):
            self.restart()
        self._grow(text)
        self.seq = text.seq
        self.is_behind = False

    def _grow(self, text: OpenText) -> None:
        have = self.text().parts
        for index, part in enumerate(text.parts):
            known = len(have[index].text) if index < len(have) else 0
            if len(part.text) > known or index >= len(have):  # sources that are none are a part without text
                self.append(part.kind, part.text[known:])

    def _apply(self, entry: Entry) -> None:
        if entry.kind == END:
            self.is_whole = True
        elif entry.seq > self.seq:
            if entry.kind == VOID:
                self.restart()
            elif (news := entry.news_for(self.size)) or not entry.text:
                self.append(entry.kind, news)
            self.seq = entry.seq
