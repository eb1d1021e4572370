"""The same for threads. The one difference: a name is resolved for as long as the system's resolver takes."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpcore

from .answer import Head, handshake, own_errors
from .bounds import Bounds, Deadline
from .client import SECONDS_PER_ADDRESS
from .errors import NotReached, Why
from .request import OwnServer, Request, allowed, headers_of, target_of
from .trust import trusted

Resolve = Callable[[str, int], Sequence[str]]


def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses that the system's resolver has for a name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached("nobody knows the name", Why.NAME) from None
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class Network:
    """How names become addresses, how addresses are connected to, who is trusted. Tests bring their own."""

    resolve: Resolve = resolved
    backend: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    trust: ssl.SSLContext | None = None


INTERNET = Network()


@contextmanager
def sent(
    request: Request, bounds: Bounds, *, own: OwnServer | None = None, network: Network = INTERNET
) -> Iterator["Answer"]:
    """Send `request` and enter with the head of the answer, whatever its status. Leaving closes the connection.

    `own`: see there. Raises OutgoingError, also from within.
    """
    target, deadline = target_of(request.url), Deadline(bounds.seconds)
    addresses = allowed(target, network.resolve(target.host, target.port), own)
    is_safe = target.scheme == "https"
    pool = httpcore.ConnectionPool(
        ssl_context=(network.trust or trusted()) if is_safe else None,
        max_connections=1,
        max_keepalive_connections=0,
        network_backend=_Route(addresses, deadline, network.backend),
    )
    with (
        own_errors(),
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

    def __iter__(self) -> Iterator[bytes]:
        with own_errors():
            for data in self._response.iter_stream():
                yield from self.inflater.feed(data)
        self.inflater.end()

    def body(self) -> bytes:
        """All of it. Raises TooLarge beyond the bounds."""
        return b"".join(self)


class _Route(httpcore.NetworkBackend):
    """Leads to the addresses that were looked at, whatever name is asked for: nothing is resolved a second time."""

    def __init__(self, addresses: tuple[str, ...], deadline: Deadline, backend: httpcore.NetworkBackend) -> None:
        self._addresses, self._deadline, self._backend = addresses, deadline, backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        for address in self._addresses[:-1]:
            try:
                return self._connected(address, port, SECONDS_PER_ADDRESS)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(self._addresses[-1], port, timeout)

    def _connected(self, address: str, port: int, seconds: float | None) -> httpcore.NetworkStream:
        left = self._deadline.left(seconds)
        return _Stream(self._backend.connect_tcp(address, port, timeout=left), self._deadline)


class _Stream(httpcore.NetworkStream):
    """A connection on which every wait also ends with the time for the whole."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        with handshake():
            return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
