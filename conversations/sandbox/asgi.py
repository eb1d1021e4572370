"""The thin layer over ASGI: one request in, answers out, and an end when the client leaves."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from .refusals import Refusal, Refused
from .wire import encode, to_bytes

JSON_TYPE = "application/json; charset=UTF-8"
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

BODY_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request with its body, and the way to answer it; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    send: Send
    log_id: str
    body: bytes = b""
    query: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def parameters(self) -> dict[str, str]:
        """The query's, each with its first value."""
        return {name: values[0] for name, values in parse_qs(self.query, max_num_fields=50).items()}

    @property
    def is_english(self) -> bool:
        """`Accept-Language` picks the language of error messages, else they are Chinese (observed)."""
        return self.headers.get("accept-language", "").lower().startswith("en")

    async def start(self, status: int, content_type: str, length: int | None = None) -> None:
        """Sends the head of the answer; without a length the body is chunked."""
        headers = [(b"content-type", content_type.encode()), (b"x-log-id", self.log_id.encode())]
        if length is not None:
            headers.append((b"content-length", str(length).encode()))
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, data: bytes, *, more: bool = True) -> None:
        await self.send({"type": "http.response.body", "body": data, "more_body": more})

    async def respond(self, status: int, body: bytes, content_type: str = JSON_TYPE) -> None:
        """A whole answer at once."""
        self.notes.append(str(status))
        await self.start(status, content_type, len(body))
        await self.write(body, more=False)

    async def respond_json(self, body: Any, status: int = 200) -> None:
        await self.respond(status, to_bytes(encode(body)))

    async def refuse(self, refusal: Refusal) -> None:
        self.notes.append(refusal.code)
        await self.respond_json(refusal.body(self.is_english), refusal.http_status)


async def read_body(receive: Receive) -> bytes | None:
    """The whole request body, or None when the client left first; refuses more than `BODY_LIMIT` bytes."""
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if size > BODY_LIMIT:
            raise Refused("1210", "body too large", status=413)
        if not event.get("more_body", False):
            return b"".join(parts)


async def while_connected(work: Coroutine[Any, Any, None], receive: Receive) -> None:
    """Runs the work to its end, but drops it at once when the client goes away."""
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_disconnected(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        if not working.done():
            working.cancel()
        outcome, _ = await asyncio.gather(working, leaving, return_exceptions=True)
    if isinstance(outcome, Exception):
        raise outcome


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
