"""The asynchronous shell: sockets and time. What the bytes mean is decided in `reading`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Self, TypeVar

import httpx

from . import errors
from .answer import Answer, failure_of
from .bounds import Limits, Timeouts
from .calls import Call
from .errors import GlmError
from .events import Event
from .lenient import mappings_of, name_of, parse_object
from .reach import checked_url, headers, language_of, trust
from .reading import Reading
from .requests import ChatRequest
from .results import Reply
from .wire import Transport

T = TypeVar("T")

_LIMITS, _TIMEOUTS = Limits(), Timeouts()


class Client:
    """GLM at one base address with one key. One per event loop; replies are streamed side by side.

    `api_key` None sends no key, for servers of one's own. `transport` replaces the network, as tests do.
    `language`: the `Accept-Language` of GLM's error messages. `asks_for_usage` is for servers of another make, which
    tell the usage of a stream only then. Raises ValueError for an address or key that cannot be one, without repeating
    the key.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        limits: Limits = _LIMITS,
        timeouts: Timeouts = _TIMEOUTS,
        language: str | None = None,
        asks_for_usage: bool = False,
    ) -> None:
        self._url = checked_url(base_url)
        self._key = api_key or None
        self._limits, self._timeouts, self._asks_for_usage = limits, timeouts, asks_for_usage
        self._http = httpx.AsyncClient(
            base_url=self._url,
            headers=headers(self._key, language),
            timeout=_timeout(timeouts),
            transport=transport or Transport(limits, trust(self._url)),
            follow_redirects=False,
            trust_env=False,
        )

    def __repr__(self) -> str:
        return f"<Client {self._url.host}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End all connections; streams still open break."""
        await self._http.aclose()

    async def models(self) -> tuple[str, ...]:
        """The ids that the key may use: a test of the key, not the catalogue.

        GLM's list is undocumented and leaves out free, older, image and video models (observed).
        """
        async with self._sent(self._http.build_request("GET", "models"), "") as answer:
            body = await answer.body()
            listed = (parse_object(body) or {}).get("data") if answer.is_json else None
            if not isinstance(listed, list):
                raise answer.located(errors.from_body(body, answer.status))
            return tuple(name for each in mappings_of(listed) if (name := name_of(each.get("id"))))

    @asynccontextmanager
    async def chat(self, request: ChatRequest, *, whole: bool = False) -> AsyncIterator["ChatStream"]:
        """Send `request` and enter once GLM has accepted it: status and content type are checked.

        Leaving closes the response, which frees GLM's slot; leave early to stop. With `whole` GLM is asked for one
        piece instead of a stream. Raises GlmError.
        """
        timeouts = replace(self._timeouts, read=self._timeouts.whole) if whole else self._timeouts
        sent = self._http.build_request(
            "POST",
            request.path,
            timeout=_timeout(timeouts),
            content=request.encoded(stream=not whole, asks_for_usage=self._asks_for_usage),
            headers={"Content-Type": "application/json; charset=UTF-8", **language_of(request.language)},
        )
        async with self._sent(sent, request.request_id, timeouts) as answer:
            stream = ChatStream(answer, Reading(self._limits))
            if not answer.is_stream:
                await stream.read_whole()
            yield stream
            if stream.is_over:
                await answer.drain()

    async def complete(self, request: ChatRequest) -> "ChatStream":
        """Ask for the reply in one piece: a stream that is over, whatever form the server chose. Raises GlmError."""
        async with self.chat(request, whole=True) as stream:
            async for _ in stream:
                pass
            return stream

    async def ask(self, call: Call[T]) -> T:
        """The result of a request beside chat. Raises GlmError."""
        async with self._sent(self._built(call), call.request_id) as answer:
            body = await answer.body()
            try:
                return call.result(body, answer.status)
            except GlmError as error:
                raise answer.located(error) from None

    def _built(self, call: Call[Any]) -> httpx.Request:
        url, body = call.url(str(self._url)), call.encoded()
        if call.upload is not None:
            file = (call.upload.name, call.upload.data, call.upload.media_type)
            return self._http.build_request(call.method, url, files={"files": file}, data=dict(call.fields))
        headers = {"Content-Type": "application/json; charset=UTF-8"} if body is not None else {}
        return self._http.build_request(call.method, url, params=dict(call.query), content=body, headers=headers)

    @asynccontextmanager
    async def _sent(
        self, request: httpx.Request, request_id: str, timeouts: Timeouts | None = None
    ) -> AsyncIterator[Answer]:
        """The answer to `request`; one that is an error is read and raised."""
        try:
            response = await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise failure_of(error, request_id) from error
        answer = Answer(response, self._limits, timeouts or self._timeouts, request_id, self._key)
        try:
            if not response.is_success:
                raise answer.located(errors.from_body(await answer.beginning(), answer.status))
            yield answer
        finally:
            await answer.aclose()


class ChatStream:
    """A reply in the making: iterate over it for batches of events, look at `reply` at any time.

    Each step gives all events that can be read from what has arrived, at least one. Nothing is read from the
    socket between two steps, so a slow reader costs the kernel's memory, not ours. An error inside the
    stream is raised after the events before it. Without an error the iteration ends when the reply does.
    """

    def __init__(self, answer: Answer, reading: Reading) -> None:
        self.status = answer.status
        self.log_id = answer.log_id
        """GLM's name for this answer in its own log."""
        self.is_over = False
        """All events have been given, or an error came."""
        self._answer = answer
        self._reading = reading
        self._ready: tuple[Event, ...] = ()

    @property
    def reply(self) -> Reply:
        """A snapshot of what has come so far."""
        return self._reading.reply

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[Event, ...]:
        while not (self._ready or self.is_over):
            self._ready = await self._read()
        events, self._ready = self._ready, ()
        if events:
            return events
        self._raise_failure()
        raise StopAsyncIteration

    async def read_whole(self) -> None:
        """The events of a server that answered in one JSON object although asked to stream."""
        body = await self._answer.body()
        self._ready = self._reading.feed_whole(body) + self._reading.end()
        self.is_over = True
        self._raise_failure()

    async def _read(self) -> tuple[Event, ...]:
        try:
            data = await self._answer.read()
        except GlmError as error:
            return self._end(error)
        if data is None:
            return self._end()
        events = self._reading.feed(data)
        return events + self._end() if self._reading.is_over else events

    def _end(self, error: GlmError | None = None) -> tuple[Event, ...]:
        self.is_over = True
        return self._reading.end(error)

    def _raise_failure(self) -> None:
        if self._reading.failure:
            raise self._answer.located(self._reading.failure)


def _timeout(timeouts: Timeouts) -> httpx.Timeout:
    return httpx.Timeout(connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool)
