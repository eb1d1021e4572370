"""The asynchronous client: sockets and time. What may be asked and what came is judged elsewhere."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpcore

from .answer import Head, handshake, own_errors
from .bounds import Bounds, Deadline
from .errors import NotReached, TookTooLong, Why
from .request import OwnServer, Request, Target, allowed, headers_of, target_of
from .trust import trusted

SECONDS_PER_ADDRESS = 3.0  # for each but the last: half an IPv6 would swallow all the time there is

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses that the system's resolver has for a name."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached("nobody knows the name", Why.NAME) from None
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class Network:
    """How names become addresses, how addresses are connected to, who is trusted. Tests bring their own."""

    resolve: Resolve = resolved
    backend: httpcore.AsyncNetworkBackend = field(default_factory=httpcore.AnyIOBackend)
    trust: ssl.SSLContext | None = None


INTERNET = Network()


@asynccontextmanager
async def sent(
    request: Request, bounds: Bounds, *, own: OwnServer | None = None, network: Network = INTERNET
) -> AsyncIterator["Answer"]:
    """Send `request` and enter with the head of the answer, whatever its status. Leaving closes the connection.

    `own`: see there. Raises OutgoingError, also from within.
    """
    target, deadline = target_of(request.url), Deadline(bounds.seconds)
    addresses = allowed(target, await _found(target, bounds, deadline, network), own)
    is_safe = target.scheme == "https"
    pool = httpcore.AsyncConnectionPool(
        ssl_context=(network.trust or trusted()) if is_safe else None,
        max_connections=1,
        max_keepalive_connections=0,
        network_backend=_Route(addresses, deadline, network.backend),
    )
    with own_errors():
        async with (
            pool,
            pool.stream(
                request.method,
                httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
                headers=headers_of(request, target),
                content=request.content,
                extensions={"timeout": {"connect": bounds.connect, "read": bounds.silence, "write": bounds.silence}},
            ) as response,
        ):
            yield Answer(response, bounds)


class Answer(Head):
    """Iterate over it for the body in pieces of at most 256 KiB, decompressed."""

    def __init__(self, response: httpcore.Response, bounds: Bounds) -> None:
        super().__init__(response.status, response.headers, bounds)
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with own_errors():
            async for data in self._response.aiter_stream():
                for piece in self.inflater.feed(data):
                    yield piece
        self.inflater.end()

    async def body(self) -> bytes:
        """All of it. Raises TooLarge beyond the bounds."""
        return b"".join([piece async for piece in self])


async def _found(target: Target, bounds: Bounds, deadline: Deadline, network: Network) -> Sequence[str]:
    try:
        async with asyncio.timeout(deadline.left(bounds.connect)):
            return await network.resolve(target.host, target.port)
    except TimeoutError:
        raise TookTooLong("the name was not resolved in time") from None


class _Route(httpcore.AsyncNetworkBackend):
    """Leads to the addresses that were looked at, whatever name is asked for: nothing is resolved a second time."""

    def __init__(self, addresses: tuple[str, ...], deadline: Deadline, backend: httpcore.AsyncNetworkBackend) -> None:
        self._addresses, self._deadline, self._backend = addresses, deadline, backend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        for address in self._addresses[:-1]:
            try:
                return await self._connected(address, port, SECONDS_PER_ADDRESS)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._connected(self._addresses[-1], port, timeout)

    async def _connected(self, address: str, port: int, seconds: float | None) -> httpcore.AsyncNetworkStream:
        left = self._deadline.left(seconds)
        return _Stream(await self._backend.connect_tcp(address, port, timeout=left), self._deadline)


class _Stream(httpcore.AsyncNetworkStream):
    """A connection on which every wait also ends with the time for the whole."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return await self._stream.read(max_bytes, self._deadline.left(timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, self._deadline.left(timeout))

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        left = self._deadline.left(timeout)
        with handshake():
            return _Stream(await self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
