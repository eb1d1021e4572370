"""The channel layer of several processes: news reaches the sockets of this process directly, those of others through
Redis. While Redis is away only the latter is missing: nobody waits, nothing fails, and the pulse finds what was lost.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from chatsite.local_layer import LocalLayer, Message
from chatsite.redis_bridge import Bridge
from conversations import redis_link


class ChannelLayer(LocalLayer):
    """Channels are of this process alone; groups span all processes with the same `prefix`."""

    def __init__(self, url: str, prefix: str, **options: Any) -> None:
        super().__init__(**options)
        self._url, self._prefix = url, prefix
        self._bridge: Bridge | None = None

    @property
    def is_cut(self) -> bool:
        """Whether news of other processes does not come at the moment."""
        return self._bridge is not None and self._bridge.is_cut

    async def group_add(self, group: str, channel: str) -> None:
        await super().group_add(group, channel)
        if len(self._members[group]) == 1 and self._bridge is not None:
            await self._bridge.join(self._name(group))

    async def group_send(self, group: str, message: Message) -> None:
        """Here at once, elsewhere soon."""
        await super().group_send(group, message)
        if self._bridge is not None:
            self._bridge.tell(self._name(group), self._packed(group, message))

    def tell_from_outside(self, group: str, message: Message) -> None:
        """The same from a process that serves nobody, in any thread; without Redis nobody is told."""
        with suppress(*redis_link.AWAY):
            redis_link.shared_link(self._url).publish(self._name(group), self._packed(group, message))

    async def close(self) -> None:
        bridge, self._bridge = self._bridge, None
        await super().close()
        if bridge is not None:
            await bridge.close()

    def _moved_in(self) -> None:
        self._bridge = Bridge(self._url, self._name(self._me), self._receive)

    def _emptied(self, group: str) -> None:
        if self._bridge is not None:
            self._bridge.leave(self._name(group))

    def _receive(self, packed: bytes) -> None:
        sender, group, message = json.loads(packed)
        if sender != self._me:
            self._deliver(group, message)

    def _name(self, group: str) -> str:
        return f"{self._prefix}:{group}"

    def _packed(self, group: str, message: Message) -> str:
        return json.dumps([self._me, group, message])
