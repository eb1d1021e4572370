"""httpx over connections that hand over all that has arrived at once.

httpcore takes its network as an argument (`network_backend`); httpx passes no such argument on, hence a
transport of our own. Environment proxies are not used.
"""

import ssl
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpcore
import httpx

from .bounds import Limits
from .chunks import Merger

# The most that asyncio takes from a socket in one go.
_READ_SIZE = 256 * 1024
_FRAMING_SIZE = 16


class MergingStream(httpcore.AsyncNetworkStream):
    """A connection whose chunked answers arrive in large chunks. Reads nothing unless asked to."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, tls: ssl.SSLObject | None = None) -> None:
        self._stream = stream
        self._tls = tls
        self._merger = Merger()
        self._ready: deque[tuple[bool, bytes]] = deque()

    @property
    def has_more(self) -> bool:
        """The next read gives payload, without waiting."""
        return bool(self._ready) and self._ready[0][0]

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        while not self._ready:
            is_merging = self._merger.is_merging
            data = await self._stream.read(max(max_bytes, _READ_SIZE) if is_merging else max_bytes, timeout)
            if not data:
                return b""
            self._sort(data + self._decrypted() if is_merging else data, max_bytes)
        return self._ready.popleft()[1]

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        # HTTP/1.1 without pipelining: what is read after a request was written begins with a new head.
        self._merger.restart()
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return MergingStream(stream, stream.get_extra_info("ssl_object"))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _sort(self, data: bytes, max_bytes: int) -> None:
        before, payload, after = self._merger.feed(data)
        self._ready.extend((False, piece) for piece in _pieces(before, max_bytes))
        # A whole chunk per read: half a one would make the parser wait with text in its hands.
        for piece in _pieces(payload, max_bytes - _FRAMING_SIZE):
            self._ready.append((True, b"%x\r\n%b\r\n" % (len(piece), piece)))
        self._ready.extend((False, piece) for piece in _pieces(after, max_bytes))

    def _decrypted(self) -> bytes:
        """TLS records that have arrived already: a plain read gives one of them, a delta, at a time."""
        pieces: list[bytes] = []
        with suppress(ssl.SSLError):  # nothing left; what is really wrong comes back at the next read
            while self._tls and (piece := self._tls.read(_READ_SIZE)):
                pieces.append(piece)
        return b"".join(pieces)


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


class MergingBackend(httpcore.AsyncNetworkBackend):
    """httpcore's own network, its connections merging."""

    def __init__(self) -> None:
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return MergingStream(await self._backend.connect_tcp(host, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


class Transport(httpx.AsyncBaseTransport):
    """httpx's usual transport for HTTP/1.1, over a `MergingBackend`."""

    def __init__(self, limits: Limits, ssl_context: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context or httpx.create_ssl_context(),
            max_connections=limits.connection_count,
            max_keepalive_connections=limits.idle_connection_count,
            keepalive_expiry=limits.idle_seconds,
            network_backend=MergingBackend(),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        with _httpx_errors():
            response = await self._pool.handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _httpx_errors():
            async for piece in self._response.aiter_stream():
                yield piece

    async def aclose(self) -> None:
        with _httpx_errors():
            await self._response.aclose()


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """httpcore's exceptions bear the names of httpx's, which are those that a caller knows."""
    try:
        yield
    except tuple(_ERRORS) as error:
        raise _ERRORS[type(error)](str(error)) from error


_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}
