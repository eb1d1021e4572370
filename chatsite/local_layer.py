"""The channel layer of one process. Channels' own in-memory layer looks through all channels for what has expired
before each message, which at two hundred pages is a quarter of the process's time.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from typing import Any

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

Message = dict[str, Any]


class LocalLayer(BaseChannelLayer):  # type: ignore[misc] # channels has no types
    """Channels and groups of the running event loop. A channel is gone when its reader is, so nothing has to expire;
    a message is shared by its readers, who must not change it.
    """

    extensions = ["groups"]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._me = secrets.token_hex(6)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def new_channel(self, prefix: str = "specific") -> str:
        return f"{prefix}.{self._me}!{secrets.token_hex(8)}"

    async def send(self, channel: str, message: Message) -> None:
        """Raises `ChannelFull` where `capacity` messages are waiting already."""
        try:
            self._queue(channel).put_nowait(message)
        except asyncio.QueueFull:
            raise ChannelFull(channel) from None

    async def receive(self, channel: str) -> Message:
        queue = self._queue(channel)
        try:
            return await queue.get()
        except asyncio.CancelledError:
            self._forget(channel)
            raise

    async def group_add(self, group: str, channel: str) -> None:
        self._at_home()
        self._members[group].add(channel)
        self._groups[channel].add(group)

    async def group_discard(self, group: str, channel: str) -> None:
        self._at_home()
        if groups := self._groups.get(channel):
            groups.discard(group)
        self._leave(group, channel)

    async def group_send(self, group: str, message: Message) -> None:
        self._at_home()
        self._deliver(group, message)

    async def close(self) -> None:
        self._loop = None

    def _at_home(self) -> None:
        """A loop that is gone has taken its sockets along."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            self._queues: dict[str, asyncio.Queue[Message]] = {}
            self._members: defaultdict[str, set[str]] = defaultdict(set)
            self._groups: defaultdict[str, set[str]] = defaultdict(set)
            self._moved_in()

    def _moved_in(self) -> None:
        """A new loop begins with nobody."""

    def _queue(self, channel: str) -> asyncio.Queue[Message]:
        self._at_home()
        if channel not in self._queues:
            self._queues[channel] = asyncio.Queue(self.get_capacity(channel))
        return self._queues[channel]

    def _forget(self, channel: str) -> None:
        """Nobody reads it any more."""
        self._queues.pop(channel, None)
        for group in self._groups.pop(channel, ()):
            self._leave(group, channel)

    def _leave(self, group: str, channel: str) -> None:
        members = self._members.get(group, set())
        if channel in members:
            members.discard(channel)
            if not members:
                del self._members[group]
                self._emptied(group)

    def _emptied(self, group: str) -> None:
        """The last member has left."""

    def _deliver(self, group: str, message: Message) -> None:
        for channel in self._members.get(group, ()):
            queue = self._queue(channel)
            if not queue.full():  # a socket with that much news waiting is drawn anew by the pulse
                queue.put_nowait(message)
