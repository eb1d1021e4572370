"""HTTP and WebSocket clients that cost next to nothing: what they spend is missing from what they measure."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, Self

Headers = Mapping[str, str]
Heard = Callable[[float, bytes], None]
"""Called with the moment (monotonic seconds) and the bytes that came."""

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
GIVE_UP = 30  # seconds for an answer that is not a reply


class Answer(NamedTuple):
    status: int
    head: str
    body: bytes


class Wire(asyncio.Protocol):
    """A connection to a port of this machine; `heard` gets what comes."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.heard: Heard = lambda moment, data: None
        self.lost = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, port: int) -> Self:
        _, wire = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.heard(time.monotonic(), data)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(None)

    def close(self) -> None:
        self.transport.abort()


def request(method: str, path: str, headers: Headers, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items() if name != "Host"]
    if "Host" in headers:
        lines[1] = f"Host: {headers['Host']}"
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


async def fetch(wire: Wire, method: str, path: str, headers: Headers, body: bytes = b"") -> Answer:
    """One request and its whole answer on a kept connection; raises TimeoutError, ConnectionError."""
    received = bytearray()
    answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def heard(moment: float, data: bytes) -> None:
        received.extend(data)
        if not answered.done() and (answer := _whole(bytes(received))):
            answered.set_result(answer)

    wire.heard = heard
    wire.transport.write(request(method, path, headers, body))
    async with asyncio.timeout(GIVE_UP):
        await asyncio.wait({answered, wire.lost}, return_when=asyncio.FIRST_COMPLETED)
    if not answered.done():
        raise ConnectionError("closed before the answer was whole")
    return answered.result()


def _whole(data: bytes) -> Answer | None:
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return None
    status, text = int(head[9:12]), head.decode("latin-1")
    size = _field(text, "content-length")
    if size is not None:
        return Answer(status, text, body) if len(body) >= int(size) else None
    if _field(text, "transfer-encoding") is None or body.endswith(b"0\r\n\r\n"):
        return Answer(status, text, body)
    return None


def _field(head: str, name: str) -> str | None:
    for line in head.split("\r\n")[1:]:
        if line.lower().startswith(name + ":"):
            return line.partition(":")[2].strip()
    return None


class Socket(Wire):
    """A WebSocket without extensions; `heard` gets whole text messages."""

    def __init__(self) -> None:
        super().__init__()
        self._buffer = b""
        self._message = b""
        self._opened = asyncio.get_running_loop().create_future()
        self.close_code = 0

    async def shake_hands(self, path: str, headers: Headers) -> None:
        """Raises ConnectionError when the server refuses."""
        key = base64.b64encode(os.urandom(16)).decode()
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        self.transport.write(request("GET", path, {**headers, **upgrade, "Sec-WebSocket-Key": key}))
        async with asyncio.timeout(GIVE_UP):
            await asyncio.wait({self._opened, self.lost}, return_when=asyncio.FIRST_COMPLETED)
        if not self._opened.done() or self._opened.result() != b"101":
            raise ConnectionError("the socket was refused")

    def send(self, text: str) -> None:
        self._send(TEXT, text.encode())

    def data_received(self, data: bytes) -> None:
        moment = time.monotonic()
        self._buffer += data
        if not self._opened.done():
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            self._opened.set_result(head[9:12])
            self._buffer = rest
        self._take_frames(moment)

    def _take_frames(self, moment: float) -> None:
        at, data = 0, self._buffer
        while len(data) - at >= 2:
            size, start = data[at + 1] & 0x7F, at + 2
            if size >= 126:
                form, width = ("!H", 2) if size == 126 else ("!Q", 8)
                if len(data) - start < width:
                    break
                (size,) = struct.unpack_from(form, data, start)
                start += width
            if len(data) - start < size:
                break
            self._take(moment, data[at], data[start : start + size])
            at = start + size
        self._buffer = data[at:]

    def _take(self, moment: float, first: int, payload: bytes) -> None:
        code = first & 0x0F
        if code == PING:
            self._send(PONG, payload)
        elif code == CLOSE:
            self.close_code = int.from_bytes(payload[:2], "big")
            self.close()
        elif code <= TEXT:
            self._message += payload
            if first & 0x80:
                message, self._message = self._message, b""
                self.heard(moment, message)

    def _send(self, code: int, payload: bytes) -> None:
        mask = bytes(4)  # any mask is allowed, and this one costs nothing
        head = bytes([0x80 | code])
        size = len(payload)
        head += bytes([0x80 | size]) if size < 126 else struct.pack("!BH", 0x80 | 126, size)
        self.transport.write(head + mask + payload)
