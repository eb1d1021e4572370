"""What one socket still has to send, bounded: the server's own buffers are not, and some readers are slow."""

import asyncio
from collections.abc import Awaitable, Callable

# A page confirms what it received at least every 16,384 characters; a reader this far behind gets nothing more until
# it has caught up, and then one snapshot instead of all that it missed.
MOST_UNCONFIRMED = 1_048_576


class Outbox:
    """Sends in order, without the caller waiting; `is_behind` while the reader confirms too little."""

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: list[str] = []
        self._task: asyncio.Task[None] | None = None
        self._sent = 0
        self._confirmed = 0
        self.is_behind = False

    def put(self, html: str) -> bool:
        """Send `html` soon; False when the reader is too far behind: then it was not taken."""
        if self.is_behind or self._sent - self._confirmed > MOST_UNCONFIRMED:
            self.is_behind = True
            return False
        self._sent += len(html)
        self._waiting.append(html)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._drain())
        return True

    def confirm(self, received: int) -> bool:
        """The reader has received so many characters in all; True when that ends its being behind."""
        self._confirmed = max(self._confirmed, min(received, self._sent))
        if self.is_behind and self._sent - self._confirmed <= MOST_UNCONFIRMED // 4:
            self.is_behind = False
            return True
        return False

    async def _drain(self) -> None:
        try:
            while self._waiting:
                html, self._waiting = "".join(self._waiting), []
                await self._send(html)
        finally:
            self._task = None
