"""Sockets on asyncio's plainest means: nothing is read unless asked for, and then all at once.

httpx's own network goes through anyio, asyncio's through transports that read ahead; each costs more per
read than everything we do with the bytes. Here a read is one `recv`, and a wait only when nothing is there.
"""

import asyncio
import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

_READ_SIZE = 64 * 1024
_BATCH_SIZE = 1024 * 1024
# For each address but the last; a network with half an IPv6 would swallow all the time there is.
_SECONDS_PER_ADDRESS = 2.0


class Socket:
    """A connected, non-blocking socket, with TLS once `start_tls` was called. Raises the errors of httpx."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._tls: _Tls | None = None
        self._waiting: asyncio.Future[None] | None = None

    async def arrived(self, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """All that has arrived, waiting for some; empty at the end."""
        with _errors(httpx.ReadTimeout, httpx.ReadError):
            data = await self._received(timeout)
            while self._tls is not None and data:
                plain = self._tls.decrypted(data)
                await self._flush()
                if plain or self._tls.is_over:
                    return plain
                data = await self._received(timeout)
            return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        with _errors(httpx.WriteTimeout, httpx.WriteError):
            data = self._tls.encrypted(buffer) if self._tls else buffer
            with suppress(BlockingIOError):  # nearly always all of it goes at once
                data = data[self._sock.send(data) :]
            if data:
                async with asyncio.timeout(timeout):
                    await self._loop.sock_sendall(self._sock, data)

    async def aclose(self) -> None:
        """Also under a reader or writer that waits: the loop must forget the descriptor, it is given out anew."""
        if (descriptor := self._sock.fileno()) >= 0:
            self._loop.remove_reader(descriptor)
            self._loop.remove_writer(descriptor)
            self._sock.close()
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(ConnectionAbortedError("closed here"))

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> "Socket":
        self._tls = _Tls(ssl_context, server_hostname)
        try:
            with _errors(httpx.ConnectTimeout, httpx.ConnectError):
                async with asyncio.timeout(timeout):
                    await self._shake_hands(self._tls)
        except BaseException:
            await self.aclose()
            raise
        return self

    @property
    def is_readable(self) -> bool:
        """Whether there is something to read, if only the end."""
        return self._sock.fileno() < 0 or _is_readable(self._sock)

    async def _shake_hands(self, tls: "_Tls") -> None:
        while not tls.is_agreed():
            await self._flush()
            if not (data := await self._received(None)):
                raise ConnectionResetError("closed during the handshake")
            tls.take(data)
        await self._flush()

    async def _flush(self) -> None:
        """What TLS itself has to say: the handshake, new keys."""
        if self._tls and (data := self._tls.outgoing.read()):
            await self._loop.sock_sendall(self._sock, data)

    async def _received(self, timeout: float | None) -> bytes:  # noqa: ASYNC109
        try:
            data = self._sock.recv(_READ_SIZE)
            await asyncio.sleep(0)  # a fast sender must not keep everybody else waiting
        except BlockingIOError:
            await self._readable(timeout)
            data = self._sock.recv(_READ_SIZE)
        return self._followed(data) if len(data) == _READ_SIZE else data

    def _followed(self, first: bytes) -> bytes:
        pieces, size = [first], len(first)
        with suppress(BlockingIOError):
            while size < _BATCH_SIZE and (piece := self._sock.recv(_READ_SIZE)):
                pieces.append(piece)
                size += len(piece)
        return b"".join(pieces)

    async def _readable(self, timeout: float | None) -> None:  # noqa: ASYNC109
        self._waiting = future = self._loop.create_future()
        timer = self._loop.call_later(timeout, _time_out, future) if timeout is not None else None
        self._loop.add_reader(self._sock.fileno(), _come_true, future)
        try:
            await future
        finally:
            self._waiting = None
            if self._sock.fileno() >= 0:
                self._loop.remove_reader(self._sock.fileno())
            if timer:
                timer.cancel()


class _Tls:
    """TLS between two buffers."""

    def __init__(self, context: ssl.SSLContext, hostname: str | None) -> None:
        self._incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.session = context.wrap_bio(self._incoming, self.outgoing, server_hostname=hostname)
        self.is_over = False

    def take(self, data: bytes) -> None:
        self._incoming.write(data)

    def is_agreed(self) -> bool:
        """Whether the handshake is done; else the other side has to speak."""
        with suppress(ssl.SSLWantReadError):
            self.session.do_handshake()
            return True
        return False

    def encrypted(self, data: bytes) -> bytes:
        view = memoryview(data)
        while view:
            view = view[self.session.write(view) :]
        return self.outgoing.read()

    def decrypted(self, data: bytes) -> bytes:
        """The text of all records that are complete."""
        self.take(data)
        pieces: list[bytes] = []
        with suppress(ssl.SSLWantReadError):
            while piece := self.session.read(_READ_SIZE):
                pieces.append(piece)
            self.is_over = True
        return b"".join(pieces)


async def connect(host: str, port: int, timeout: float | None) -> Socket:  # noqa: ASYNC109
    """A TCP connection to the first address that answers."""
    loop = asyncio.get_running_loop()
    with _errors(httpx.ConnectTimeout, httpx.ConnectError):
        async with asyncio.timeout(timeout):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            for family, _, _, _, address in found[:-1]:
                with suppress(OSError):
                    async with asyncio.timeout(_SECONDS_PER_ADDRESS):
                        return Socket(await _connected(family, address))
            return Socket(await _connected(found[-1][0], found[-1][4]))


async def _connected(family: int, address: Any) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


def _is_readable(sock: socket.socket) -> bool:
    """On an idle connection: the server has closed it, or said what nobody asked for."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _come_true(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _time_out(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_exception(TimeoutError())


@contextmanager
def _errors(timeout: type[Exception], failure: type[Exception]) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise timeout(str(error)) from error
    except OSError as error:  # those of TLS too
        raise failure(str(error)) from error
