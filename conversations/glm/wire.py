"""httpx over connections that can hand over all that has arrived at once.

httpcore takes its network as an argument (`network_backend`); httpx passes no such argument on, hence a
transport of our own. Environment proxies are not used.
"""

import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from .bounds import Limits
from .chunks import Dechunker
from .sockets import Socket, connect

_HEAD_END = b"\r\n\r\n"


class Connection(httpcore.AsyncNetworkStream):
    """A connection whose chunked answers can be read past the HTTP parser.

    The parser gets the head of an answer and not a byte more, so that the body is still to be had from
    `payload` when httpx returns the response (which carries this object as extension `network_stream`).
    """

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._head = b""
        self._rest = b""
        self._dechunker = Dechunker()
        self._is_in_head = True
        self.is_untouched = False
        """The parser has read one head and nothing of what follows."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        data = self._rest or await self._socket.arrived(timeout)
        self._rest = b""
        if self._is_in_head:
            data = self._split(data)
        else:
            self.is_untouched = False
        self._rest = data[max_bytes:] + self._rest
        return data[:max_bytes]

    async def payload(self, timeout: float | None) -> bytes:  # noqa: ASYNC109
        """All payload of a chunked answer that has arrived, waiting for some.

        Empty when the parser must decide: at the last chunk, at the end of the connection, at nonsense.
        Raises the errors of httpx.
        """
        while not self._dechunker.is_over:
            with _httpx_errors():
                data = self._rest or await self._socket.arrived(timeout)
            self._rest = b""
            if not data:
                return b""
            payload = self._dechunker.feed(data)
            self._rest = self._dechunker.rest
            if payload:
                return payload
        return b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        # HTTP/1.1 without pipelining: what is read after a request was written begins with a new head.
        self._head, self._is_in_head, self.is_untouched = b"", True, False
        self._dechunker = Dechunker()
        await self._socket.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._socket.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return Connection(await self._socket.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and self._rest:
            return True
        return self._socket.get_extra_info(info)

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


class _Network(httpcore.AsyncNetworkBackend):
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return Connection(await connect(host, port, timeout))


class Transport(httpx.AsyncBaseTransport):
    """httpx's usual transport for HTTP/1.1, over connections of ours.

    `ssl_context`: whom to trust under https; None trusts the list of certifi.
    """

    def __init__(self, limits: Limits, ssl_context: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context,
            max_connections=limits.connection_count,
            max_keepalive_connections=limits.idle_connection_count,
            keepalive_expiry=limits.idle_seconds,
            network_backend=_Network(),
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
