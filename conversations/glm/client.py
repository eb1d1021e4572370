"""The asynchronous shell: sockets and time. What the bytes mean is decided in `reading`."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

import httpx

from . import errors
from .answer import Answer, failure_of
from .bounds import Limits, Timeouts
from .errors import GlmError
from .events import Event
from .lenient import mappings_of, name_of, parse_object
from .reading import Reading
from .requests import ChatRequest
from .results import Reply
from .wire import Transport

_LIMITS, _TIMEOUTS = Limits(), Timeouts()


class Client:
    """GLM at one base address with one key. One per event loop; replies are streamed side by side.

    `api_key` None sends no key, for servers of one's own. `transport` replaces the network, as tests do.
    `language`: the `Accept-Language` of GLM's error messages. Raises ValueError for an address or key that
    cannot be one, without repeating the key.
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
    ) -> None:
        self._url = _checked_url(base_url)
        self._key = api_key or None
        self._limits, self._timeouts = limits, timeouts
        self._http = httpx.AsyncClient(
            base_url=self._url,
            headers=_headers(self._key, language),
            timeout=httpx.Timeout(
                connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool
            ),
            transport=transport or Transport(limits, _trust(self._url)),
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
    async def chat(self, request: ChatRequest) -> AsyncIterator["ChatStream"]:
        """Send `request` and enter once GLM has accepted it: status and content type are checked.

        Leaving closes the response, which frees GLM's slot; leave early to stop. Raises GlmError.
        """
        sent = self._http.build_request(
            "POST",
            "chat/completions",
            content=request.encoded(),
            headers={"Content-Type": "application/json; charset=UTF-8"},
        )
        async with self._sent(sent, request.request_id) as answer:
            stream = ChatStream(answer, Reading(self._limits))
            if not answer.is_stream:
                await stream.read_whole()
            yield stream
            if stream.is_over:
                await answer.drain()

    @asynccontextmanager
    async def _sent(self, request: httpx.Request, request_id: str) -> AsyncIterator[Answer]:
        """The answer to `request`; one that is an error is read and raised."""
        try:
            response = await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise failure_of(error, request_id) from error
        answer = Answer(response, self._limits, self._timeouts, request_id, self._key)
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


def _headers(key: str | None, language: str | None) -> dict[str, str]:
    """A key with odd characters would come back inside the message of an encoding error, so look first."""
    if not all(_is_plain(text) for text in (key or "", language or "")):
        raise ValueError("the API key or the language holds characters that no header can carry")
    headers = {
        "Accept": "text/event-stream, application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "chatsite",
    }
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if language:
        headers["Accept-Language"] = language
    return headers


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _trust(url: httpx.URL) -> ssl.SSLContext | None:
    """What httpx trusts, `SSL_CERT_FILE` included; reading it takes long enough to leave it out for plain HTTP."""
    return httpx.create_ssl_context() if url.scheme == "https" else None


def _checked_url(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        raise ValueError("the base address is no URL") from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query:
        raise ValueError("the base address is http(s)://host[:port][/path], without a name, key or query in it")
    return url
