"""A server on this machine under public names: names and addresses are the test's own, bytes too."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpcore

from conversations.outgoing import Bounds, NotReached, OwnServer, Request, Why, blocking, client

PUBLIC = "93.184.215.14"
ENOUGH = Bounds(most_bytes=1_000_000, seconds=10)
Script = Callable[[socket.socket], None]


def answer(status: str, body: bytes, content_type: str = "text/plain", **headers: str) -> bytes:
    """A whole HTTP answer; `_` in a header's name stands for `-`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def saying(*pieces: bytes) -> Script:
    """The pieces one after the other, and then the end."""

    def script(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return script


def silent(connection: socket.socket) -> None:
    """Nothing, until the other side leaves."""
    with suppress(OSError):
        connection.recv(1)


@dataclass
class Server:
    """`requests` in bytes; `reached` are the addresses that were connected to, in order."""

    script: Script
    tls: ssl.SSLContext | None = None
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)

    def handle(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            talk = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
            with talk:
                self.requests.append(_request(talk))
                self.script(talk)


def _request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server that runs `script` for every connection, one after the other, until the block ends."""
    server = Server(script, tls)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        thread = threading.Thread(target=_accept, args=(listener, server), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _accept(listener: socket.socket, server: Server) -> None:
    with suppress(OSError):
        while True:
            server.handle(listener.accept()[0])


@dataclass
class Names:
    """What names lead to. Each look-up takes the next of several answers, as a name that is rebound gives them."""

    server: Server
    known: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    trust: ssl.SSLContext | None = None
    asked: list[str] = field(default_factory=list)
    dead: frozenset[str] = frozenset()

    def find(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self.known.get(host, [[PUBLIC]] if host.endswith(".example") else [])
        if not answers:
            raise NotReached("nobody knows the name", Why.NAME)
        return answers[min(self.asked.count(host), len(answers)) - 1]

    async def find_async(self, host: str, port: int) -> Sequence[str]:
        return self.find(host, port)

    def here(self, address: str) -> str:
        """Every address is this server, but for those where nobody is."""
        self.server.reached.append(address)
        if address in self.dead:
            raise httpcore.ConnectError("nobody there")
        return "127.0.0.1"

    @property
    def blocking(self) -> blocking.Network:
        return blocking.Network(self.find, _Backend(self), self.trust)

    @property
    def waiting(self) -> client.Network:
        return client.Network(self.find_async, _AsyncBackend(self), self.trust)


class _Backend(httpcore.SyncBackend):
    def __init__(self, names: Names) -> None:
        self._names = names

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return super().connect_tcp(self._names.here(host), self._names.server.port, *args, **options)


class _AsyncBackend(httpcore.AnyIOBackend):
    def __init__(self, names: Names) -> None:
        self._names = names

    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        return await super().connect_tcp(self._names.here(host), self._names.server.port, *args, **options)


@dataclass
class Got:
    status: int
    body: bytes
    headers: dict[str, str]
    media_type: str
    charset: str


def ask(way: str, request: Request | str, names: Names, bounds: Bounds = ENOUGH, own: OwnServer | None = None) -> Got:
    """The whole answer, by one of the two clients."""
    asked = Request("GET", request) if isinstance(request, str) else request
    if way == "async":
        return asyncio.run(_ask(asked, names, bounds, own))
    with blocking.sent(asked, bounds, own=own, network=names.blocking) as got:
        return Got(got.status, got.body(), got.headers, got.media_type, got.charset)


async def _ask(request: Request, names: Names, bounds: Bounds, own: OwnServer | None) -> Got:
    async with client.sent(request, bounds, own=own, network=names.waiting) as got:
        return Got(got.status, await got.body(), got.headers, got.media_type, got.charset)
