"""httpx over connections that can hand over all that has arrived at once.

httpx's own transport cannot be told to, and stands long before the first word: its pool takes four locks, each of which
lets everybody else go first. h11 says what the bytes of a head mean, here as there. Environment proxies are not used.
"""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import h11
import httpx

from .bounds import Limits
from .chunks import Dechunker
from .sockets import Socket, connect

_HEAD_END = b"\r\n\r\n"
_MOST_IN_HEAD = 100 * 1024

Origin = tuple[str, str, int | None]


class Connection:
    """A connection, with one request on it at a time, whose chunked answers can be read past the HTTP parser.

    The parser gets the head of an answer and not a byte more, so that the body is still to be had from
    `payload` when httpx returns the response (which carries this object as extension `network_stream`).
    """

    def __init__(self, origin: Origin, socket: Socket) -> None:
        self.origin = origin
        self.idle_since = 0.0
        self.is_untouched = False
        """The parser has read one head and nothing of what follows."""
        self._socket = socket
        self._parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_IN_HEAD)
        self._head = b""
        self._rest = b""
        self._dechunker = Dechunker()
        self._is_in_head = True

    async def ask(self, request: httpx.Request) -> h11.Response:
        """Send the request and read the head of its answer."""
        timeouts = request.extensions.get("timeout", {})
        # HTTP/1.1 without pipelining: what is read after a request was written begins with a new head.
        self._head, self._is_in_head, self.is_untouched = b"", True, False
        self._dechunker = Dechunker()
        with suppress(httpx.WriteError):  # a server may answer, and say why, before it has read everything
            await self._write(request, timeouts.get("write"))
        event = await self._event(timeouts.get("read"))
        while isinstance(event, h11.InformationalResponse):
            event = await self._event(timeouts.get("read"))
        assert isinstance(event, h11.Response)  # noqa: S101 # whatever else the parser does not let through
        return event

    async def piece(self, timeout: float | None) -> bytes | None:  # noqa: ASYNC109
        """The next of the body as the parser reads it; None at its end."""
        event = await self._event(timeout)
        return bytes(event.data) if isinstance(event, h11.Data) else None

    async def payload(self, timeout: float | None) -> bytes:  # noqa: ASYNC109
        """All payload of a chunked answer that has arrived, waiting for some.

        Empty when the parser must decide: at the last chunk, at the end of the connection, at nonsense.
        """
        while not self._dechunker.is_over:
            data = self._rest or await self._socket.arrived(timeout)
            self._rest = b""
            if not data:
                return b""
            payload = self._dechunker.feed(data)
            self._rest = self._dechunker.rest
            if payload:
                return payload
        return b""

    def begin_anew(self) -> bool:
        """After an answer: whether the connection takes another request."""
        if self._parser.our_state is not h11.DONE or self._parser.their_state is not h11.DONE:
            return False
        self._parser.start_next_cycle()
        self.idle_since = time.monotonic()
        return True

    @property
    def is_stale(self) -> bool:
        """Whether the server has closed it while nobody used it, or has said what nobody asked for."""
        return bool(self._rest) or self._socket.is_readable

    async def aclose(self) -> None:
        await self._socket.aclose()

    async def _write(self, request: httpx.Request, timeout: float | None) -> None:  # noqa: ASYNC109
        """Head and body in as few writes as there are pieces."""
        with _as(httpx.LocalProtocolError, h11.LocalProtocolError):
            head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
            written = self._parser.send(head) or b""
            assert isinstance(request.stream, httpx.AsyncByteStream)  # noqa: S101 # of an AsyncClient
            async for piece in request.stream:
                written += self._parser.send(h11.Data(piece)) or b""
                await self._socket.write(written, timeout)
                written = b""
            written += self._parser.send(h11.EndOfMessage()) or b""
        if written:
            await self._socket.write(written, timeout)

    async def _event(self, timeout: float | None) -> Any:  # noqa: ASYNC109
        with _as(httpx.RemoteProtocolError, h11.RemoteProtocolError):
            while (event := self._parser.next_event()) is h11.NEED_DATA:
                data = await self._read(timeout)
                if not data and self._parser.their_state is h11.SEND_RESPONSE:
                    raise httpx.RemoteProtocolError("closed without an answer")
                self._parser.receive_data(data)
            return event

    async def _read(self, timeout: float | None) -> bytes:  # noqa: ASYNC109
        """What has arrived, for the parser."""
        data = self._rest or await self._socket.arrived(timeout)
        self._rest = b""
        if self._is_in_head:
            return self._split(data)
        self.is_untouched = False
        return data

    def _split(self, data: bytes) -> bytes:
        """What of `data` belongs to the head; the rest is kept back."""
        self._head += data
        end = self._head.find(_HEAD_END)
        if end < 0:
            return data
        body = len(self._head) - end - len(_HEAD_END)
        self._head, self._is_in_head, self.is_untouched = b"", False, True
        self._rest = data[len(data) - body :]
        return data[: len(data) - body]


class Transport(httpx.AsyncBaseTransport):
    """Connections that are kept for the next request, newest first, and the bound of how many are in use.

    `ssl_context`: whom to trust under https; None trusts the list of certifi.
    """

    def __init__(self, limits: Limits, ssl_context: ssl.SSLContext | None = None) -> None:
        self._limits, self._ssl_context = limits, ssl_context
        self._room = asyncio.Semaphore(limits.connection_count)
        self._idle: deque[Connection] = deque()  # the one that was used last stands last
        self._in_use: set[Connection] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        timeouts = request.extensions.get("timeout", {})
        await self._enter(timeouts.get("pool"))
        connection = None
        try:
            connection = await self._connection(request, timeouts.get("connect"))
            head = await connection.ask(request)
        except BaseException:
            await self._leave(connection)
            raise
        body = _Body(connection, timeouts.get("read"), self._leave)
        extensions = {"network_stream": connection}
        return httpx.Response(head.status_code, headers=head.headers.raw_items(), stream=body, extensions=extensions)

    async def aclose(self) -> None:
        for connection in (*self._idle, *self._in_use):
            await connection.aclose()
        self._idle.clear()

    async def _enter(self, timeout: float | None) -> None:  # noqa: ASYNC109
        with _as(httpx.PoolTimeout, TimeoutError):
            async with asyncio.timeout(timeout if self._room.locked() else None):
                await self._room.acquire()

    async def _connection(self, request: httpx.Request, timeout: float | None) -> Connection:  # noqa: ASYNC109
        """One that is kept and still good, else a new one."""
        url = request.url
        origin = url.scheme, url.host, url.port
        connection = await self._kept(origin) or Connection(origin, await self._connected(url, timeout))
        self._in_use.add(connection)
        return connection

    async def _kept(self, origin: Origin) -> Connection | None:
        oldest = time.monotonic() - self._limits.idle_seconds
        while self._idle and self._idle[0].idle_since < oldest:
            await self._idle.popleft().aclose()
        while (found := next((each for each in reversed(self._idle) if each.origin == origin), None)) is not None:
            self._idle.remove(found)
            if not found.is_stale:
                return found
            await found.aclose()
        return None

    async def _connected(self, url: httpx.URL, timeout: float | None) -> Socket:  # noqa: ASYNC109
        if url.scheme not in ("http", "https"):
            raise httpx.UnsupportedProtocol("neither http nor https")
        socket = await connect(url.host, url.port or (443 if url.scheme == "https" else 80), timeout)
        if url.scheme == "https":
            if self._ssl_context is None:
                self._ssl_context = httpx.create_ssl_context()
            await socket.start_tls(self._ssl_context, url.host, timeout)
        return socket

    async def _leave(self, connection: Connection | None) -> None:
        """A request is over: keep its connection if it is good for another one. Nothing here waits, so that nobody who
        is being cancelled leaves too early."""
        self._room.release()
        if connection is None:
            return
        self._in_use.discard(connection)
        if connection.begin_anew():
            self._idle.append(connection)
        else:
            await connection.aclose()
        if len(self._idle) > self._limits.idle_connection_count:
            await self._idle.popleft().aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(
        self, connection: Connection, timeout: float | None, leave: Callable[[Connection], Awaitable[None]]
    ) -> None:
        self._connection, self._timeout, self._leave = connection, timeout, leave
        self._is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (piece := await self._connection.piece(self._timeout)) is not None:
                yield piece
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            await self._leave(self._connection)


@contextmanager
def _as(meant: type[httpx.TransportError], *errors: type[Exception]) -> Iterator[None]:
    """The errors of others under the names of httpx, which are those that a caller knows."""
    try:
        yield
    except errors as error:
        raise meant(str(error)) from error
