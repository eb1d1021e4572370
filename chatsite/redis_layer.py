"""The channel layer of several processes: news reaches the sockets of this process directly, those of others through
Redis. While Redis is away only the latter is missing: nobody waits, nothing fails, and the pulse finds what was lost.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import defaultdict
from typing import Any

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

from chatsite.redis_bridge import Bridge
from conversations import redis_link

Message = dict[str, Any]


class ChannelLayer(BaseChannelLayer):  # type: ignore[misc] # channels has no types
    """Channels are of this process alone; groups span all processes with the same `prefix`."""

    extensions = ["groups"]

    def __init__(self, url: str, prefix: str, **options: Any) -> None:
        super().__init__(**options)
        self._url, self._prefix = url, prefix
        self._me = secrets.token_hex(6)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bridge: Bridge | None = None

    @property
    def is_cut(self) -> bool:
        """Whether news of other processes does not come at the moment."""
        return self._bridge is not None and self._bridge.is_cut

    async def new_channel(self, prefix: str = "specific") -> str:
        return f"{prefix}.{self._me}!{secrets.token_hex(8)}"

    async def send(self, channel: str, message: Message) -> None:
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
        bridge = self._at_home()
        self._members[group].add(channel)
        self._groups[channel].add(group)
        if len(self._members[group]) == 1:
            await bridge.join(self._name(group))

    async def group_discard(self, group: str, channel: str) -> None:
        self._at_home()
        self._groups[channel].discard(group)
        self._leave(group, channel)

    async def group_send(self, group: str, message: Message) -> None:
        """Here at once, elsewhere soon."""
        bridge = self._at_home()
        self._deliver(group, message)
        bridge.tell(self._name(group), self._packed(group, message))

    def tell_from_outside(self, group: str, message: Message) -> None:
        """The same from a process that serves nobody, in any thread; without Redis nobody is told."""
        client = redis_link.blocking_link(self._url)
        try:
            client.publish(self._name(group), self._packed(group, message))
        except redis_link.AWAY:
            return
        finally:
            client.close()

    async def close(self) -> None:
        bridge, self._bridge, self._loop = self._bridge, None, None
        if bridge is not None:
            await bridge.close()

    def _at_home(self) -> Bridge:
        """The bridge of the running loop. A loop that is gone has taken its sockets along."""
        loop = asyncio.get_running_loop()
        if self._bridge is None or self._loop is not loop:
            self._loop = loop
            self._queues: dict[str, asyncio.Queue[Message]] = {}
            self._members: defaultdict[str, set[str]] = defaultdict(set)
            self._groups: defaultdict[str, set[str]] = defaultdict(set)
            self._bridge = Bridge(self._url, self._name(self._me), self._receive)
        return self._bridge

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
        members = self._members[group]
        members.discard(channel)
        if not members:
            del self._members[group]
            if self._bridge is not None:
                self._bridge.leave(self._name(group))

    def _receive(self, packed: bytes) -> None:
        sender, group, message = json.loads(packed)
        if sender != self._me:
            self._deliver(group, message)

    def _deliver(self, group: str, message: Message) -> None:
        for channel in self._members.get(group, ()):
            queue = self._queue(channel)
            if not queue.full():  # a socket with that much news waiting is drawn anew by the pulse
                queue.put_nowait(message)

    def _name(self, group: str) -> str:
        return f"{self._prefix}:{group}"

    def _packed(self, group: str, message: Message) -> str:
        return json.dumps([self._me, group, message])
