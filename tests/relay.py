"""A TCP relay that stands before a server: it can be cut, mended, and made slow, and the server knows nothing of it."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

PIECE = 65_536


class Relay:
    """Listens on `port` while its `with` block lasts, in a thread of its own."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._delay = 0.0
        self.port = 0

    @classmethod
    def before(cls, url: str, port: int) -> Self:
        """In front of what an address names; `port` is the usual one of such servers."""
        parts = urlsplit(url)
        return cls(parts.hostname or "127.0.0.1", parts.port or port)

    def address(self, url: str) -> str:
        """The same address, through the relay."""
        parts = urlsplit(url)
        person = parts.netloc.rpartition("@")[0]
        return parts._replace(netloc=f"{person}@127.0.0.1:{self.port}" if person else f"127.0.0.1:{self.port}").geturl()

    def __enter__(self) -> Self:
        self._thread.start()
        self.mend()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """All connections end, and new ones are refused."""
        self._do(self._cut())

    def mend(self) -> None:
        self._do(self._listen())

    def slow(self, seconds: float) -> None:
        """Whatever goes through takes so much longer each way."""
        self._delay = seconds

    def _do(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        far: asyncio.StreamWriter | None = None
        try:
            far_reader, far = await asyncio.open_connection(*self._target)
            await asyncio.gather(self._carry(reader, far), self._carry(far_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for each in (writer, far):
                if each is not None:
                    each.transport.abort()
            self._tasks.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(PIECE):
                if self._delay:
                    await asyncio.sleep(self._delay)
                writer.write(piece)
                await writer.drain()
            writer.write_eof()
        except OSError:
            writer.transport.abort()  # one end that dies takes the other along, as without a relay
