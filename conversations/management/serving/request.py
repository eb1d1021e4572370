"""Daphne's request, which here takes in no more than it may, and gives out no faster than it is read.

Daphne hands a request on once its whole body lies in memory or in a file; before that nobody could say no. And it takes
from the application whatever there is: a large file would lie in memory until a slow reader has it.
"""

import asyncio
from io import BytesIO
from typing import IO, Any
from urllib.parse import unquote

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from conversations.body_limits import largest

# A client that is cut off while it sends never sees the answer, so what is too large is let run past for a while.
PAST_AT_MOST = 8  # times the limit


@implementer(IPushProducer)
class Flow:
    """Whether the connection takes more at the moment: Twisted says so to whoever produces what is sent."""

    def __init__(self) -> None:
        self._is_open = asyncio.Event()
        self._is_open.set()

    async def opens(self) -> None:
        await self._is_open.wait()

    def pauseProducing(self) -> None:  # noqa: N802
        self._is_open.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self._is_open.set()

    def stopProducing(self) -> None:  # noqa: N802
        self._is_open.set()


class Request(WebRequest):  # type: ignore[misc]
    """A body above the limit is thrown away as it comes; `chatsite.bodies` answers by the size that is told here."""

    content: IO[bytes]
    _came = 0
    _flow: Flow | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Twisted would read every form into memory once more, for nobody.
        super().__init__(*args, **{**kwargs, "parsePOSTFormSubmission": False})

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        channel = self.channel  # the request itself knows its first line only when it has come whole
        path = unquote(channel._path.partition(b"?")[0], "latin-1")
        self._most = largest(channel._command.decode("latin-1"), path)
        super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._came += len(data)
        if self._came <= self._most:
            super().handleContentChunk(data)
        elif self._came > PAST_AT_MOST * self._most:
            self.channel.forceAbortClient()

    async def room(self, message: dict[str, Any]) -> None:
        """Wait, after a piece that is not the last, until the connection takes more."""
        if message.get("more_body") and self.channel is not None:
            if self._flow is None:
                self._flow = Flow()
                self.registerProducer(self._flow, True)
            await self._flow.opens()

    def finish(self) -> None:
        self._end_flow()
        super().finish()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self._end_flow()
        super().connectionLost(reason)

    def _end_flow(self) -> None:
        if self._flow is not None:
            self._flow.stopProducing()
            self._flow = None
            if self.channel is not None:
                self.unregisterProducer()

    def process(self) -> Any:
        self.requestHeaders.removeHeader(b"daphne-root-path")  # else anybody could say where the site begins
        if self._came > self._most:
            self.requestHeaders.setRawHeaders(b"content-length", [str(self._came).encode()])
            self.content.truncate(0)
        if self.server.is_ending and not self.requestHeaders.hasHeader(b"Upgrade"):
            self.channel.persistent = False
            self.responseHeaders.setRawHeaders(b"connection", [b"close"])
        return super().process()

    def hand_over(self) -> IO[bytes]:
        """The body for the application, to close. Daphne would give it a copy, all of it in memory at once."""
        body, self.content = self.content, BytesIO()
        body.seek(0)
        return body


class Factory(HTTPFactory):  # type: ignore[misc]
    """Connections whose requests are ours."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol
