"""One HTTP answer: bounded in size and time, its failures in this project's words."""

import asyncio
from contextlib import suppress

import httpx

from .bounds import Limits, Timeouts
from .codes import BUSY, NOT_CONNECTED, TIMEOUT, UNREACHABLE
from .errors import ConnectionFailed, ConnectionLost, GlmError, TimedOut
from .inflate import Inflater
from .wire import Connection


class Answer:
    """The body of `response`, decompressed, as text or bytes. Raises GlmError, never one of httpx."""

    def __init__(
        self,
        response: httpx.Response,
        limits: Limits,
        timeouts: Timeouts,
        request_id: str,
        secret: str | None,
    ) -> None:
        self.status = response.status_code
        self.log_id = response.headers.get("x-log-id", "")[:256]
        self._response = response
        self._limits, self._timeouts = limits, timeouts
        self._request_id, self._secret = request_id, secret
        # A transport that gives whole responses, such as httpx.MockTransport, has read and decoded them.
        is_whole = response.is_stream_consumed
        self._pieces = response.aiter_bytes() if is_whole else response.aiter_raw()
        self._encoding = "" if is_whole else response.headers.get("content-encoding", "").strip().lower()
        self._inflater: Inflater | None = None
        self._connection = _direct(response)

    @property
    def is_stream(self) -> bool:
        return self._media_type == "text/event-stream"

    @property
    def is_json(self) -> bool:
        return self._media_type.endswith("json")

    @property
    def _media_type(self) -> str:
        told: str = self._response.headers.get("content-type", "")
        return told.partition(";")[0].strip().lower()

    async def read(self) -> bytes | None:
        """All that has arrived, waiting until something has; None at the end."""
        try:
            while (data := await self._arrived()) is not None:
                if inflated := self._inflated(data):
                    return inflated
        except httpx.HTTPError as error:
            raise self.located(failure_of(error, self._request_id)) from error
        except GlmError as error:
            raise self.located(error) from None
        return None

    async def body(self) -> str:
        """The whole body as text. Raises `TooLarge` beyond the total limit."""
        pieces: list[bytes] = []
        while (data := await self.read()) is not None:
            pieces.append(data)
        return b"".join(pieces).decode("utf-8", "replace")

    async def beginning(self) -> str:
        """As much of an error's body as is worth keeping, of what comes in time."""
        pieces: list[bytes] = []
        left = self._limits.error_body
        with suppress(TimeoutError, GlmError):
            async with asyncio.timeout(self._timeouts.error_body):
                while left > 0 and (data := await self.read()) is not None:
                    pieces.append(data[:left])
                    left -= len(data)
        return b"".join(pieces).decode("utf-8", "replace")

    async def drain(self) -> None:
        """Take the last bytes of a finished answer, so that the next request finds its connection open."""
        with suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout(self._timeouts.drain):
                while await self._arrived() is not None:
                    pass

    async def aclose(self) -> None:
        with suppress(httpx.HTTPError):
            await self._response.aclose()

    def located(self, error: GlmError) -> GlmError:
        """`error` with where it happened."""
        error.locate(http_status=self.status, log_id=self.log_id, request_id=self._request_id, secret=self._secret)
        return error

    def _inflated(self, data: bytes) -> bytes:
        if self._inflater is None:
            self._inflater = Inflater(self._encoding, self._limits.total)
        return self._inflater.feed(data)

    async def _arrived(self) -> bytes | None:
        if self._connection is not None:
            if data := await self._connection.payload(self._timeouts.read):
                return data
            self._connection = None
        return await anext(self._pieces, None)


def _direct(response: httpx.Response) -> Connection | None:
    """The connection, if the answer's body can be read past the parser."""
    connection = response.extensions.get("network_stream")
    is_chunked = response.headers.get("transfer-encoding", "").lower() == "chunked"
    is_ours = isinstance(connection, Connection) and connection.is_untouched
    return connection if is_ours and is_chunked else None


def failure_of(error: httpx.HTTPError, request_id: str) -> GlmError:
    """What a failure of the network means. Our own pool being full is our being busy."""
    match error:
        case httpx.PoolTimeout():
            failure: GlmError = ConnectionFailed("no connection was free", rule=BUSY)
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.UnsupportedProtocol():
            failure = ConnectionFailed("no connection", rule=NOT_CONNECTED)
        case httpx.TimeoutException():
            failure = TimedOut("no answer in time", rule=TIMEOUT)
        case _:
            failure = ConnectionLost("the connection broke", rule=UNREACHABLE)
    failure.request_id = request_id
    return failure
