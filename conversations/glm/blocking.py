"""The synchronous shell, for work that has a thread of its own. What the bytes mean is decided in `later`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from . import errors, later, making
from .answer import failure_of
from .bounds import Limits, Timeouts
from .codes import TIMEOUT
from .errors import GlmError, ProtocolError, TimedOut, TooLarge
from .later import Task
from .reach import checked_url, headers, language_of, trust

MAKING_SECONDS = 120.0  # that GLM may be silent while it makes an image
WHOLE_ANSWER = 2.0  # how much longer a whole answer may take than one silence in it

_LIMITS = Limits()
_TIMEOUTS = Timeouts(read=60.0)


class BlockingClient:
    """GLM at one base address with one key, for any number of threads. `transport` replaces the network, as tests do.

    Raises ValueError for an address or key that cannot be one, without repeating the key.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        *,
        transport: httpx.BaseTransport | None = None,
        limits: Limits = _LIMITS,
        timeouts: Timeouts = _TIMEOUTS,
    ) -> None:
        url = checked_url(base_url)
        self._key, self._limits = api_key or None, limits
        self._whole = WHOLE_ANSWER * timeouts.read
        self._http = httpx.Client(
            base_url=url,
            headers=headers(self._key, None),
            timeout=httpx.Timeout(
                connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool
            ),
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=10, keepalive_expiry=limits.idle_seconds),
            transport=transport,
            verify=trust(url) or False,  # plain HTTP has nobody to trust
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all connections."""
        self._http.close()

    def submit(self, path: str, body: bytes, request_id: str, language: str = "") -> Task:
        """Hand over an order: `path` below the base address, `body` as JSON. Raises GlmError."""
        with self._answered(self._order(path, body, language), request_id) as (text, response):
            return _located(later.accepted(text, response.status_code), response)

    def make(self, path: str, body: bytes, request_id: str, language: str = "") -> Task:
        """The same for an order that is answered by its result. Raises GlmError."""
        with self._answered(self._order(path, body, language, MAKING_SECONDS), request_id) as (text, response):
            return _located(making.answered(text, response.status_code), response)

    def result(self, task_id: str, request_id: str = "") -> Task:
        """What has become of an order. Raises GlmError where GLM says nothing of it."""
        sent = self._http.build_request("GET", f"async-result/{quote(task_id, safe='')}")
        with self._answered(sent, request_id) as (text, response):
            task = later.told(text, response.status_code, task_id, self._limits)
            if task.failure is not None:
                self._locate(task.failure, response, request_id)
            return _located(task, response)

    def _order(self, path: str, body: bytes, language: str, silence: float = 0.0) -> httpx.Request:
        headers = {"Content-Type": "application/json; charset=UTF-8", **language_of(language)}
        usual = self._http.timeout
        timeout = httpx.Timeout(
            connect=usual.connect, read=max(silence, usual.read or 0.0), write=usual.write, pool=usual.pool
        )
        return self._http.build_request("POST", path, content=body, headers=headers, timeout=timeout)

    @contextmanager
    def _answered(self, request: httpx.Request, request_id: str) -> Iterator[tuple[str, httpx.Response]]:
        """The whole answer as text; one that is an error is raised, and what goes wrong with it says where."""
        try:
            response = self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise failure_of(error, request_id) from error
        try:
            text = self._body(response, request_id)
            if not response.is_success:
                raise errors.from_body(text, response.status_code)
            yield text, response
        except GlmError as error:
            self._locate(error, response, request_id)
            raise
        finally:
            response.close()

    def _body(self, response: httpx.Response, request_id: str) -> str:
        """An error's body is cut off where it is worth no more; an answer that is too large is none."""
        most = self._limits.total if response.is_success else self._limits.error_body
        pieces: list[bytes] = []
        left, until = most, time.monotonic() + self._whole
        try:
            for piece in response.iter_bytes():
                if time.monotonic() > until:  # a byte now and then keeps every other time-out away
                    raise TimedOut("no whole answer in time", rule=TIMEOUT)
                pieces.append(piece[:left])
                left -= len(piece)
                if left < 0 and response.is_success:
                    raise TooLarge("answer", most)
                if left < 0:
                    break
        except httpx.DecodingError as error:
            raise ProtocolError("the answer is not what it says it is") from error
        except httpx.HTTPError as error:
            raise failure_of(error, request_id) from error
        return b"".join(pieces).decode("utf-8", "replace")

    def _locate(self, error: GlmError, response: httpx.Response, request_id: str) -> None:
        log_id = _log_id(response)
        error.locate(http_status=response.status_code, log_id=log_id, request_id=request_id, secret=self._key)


def _located(task: Task, response: httpx.Response) -> Task:
    return replace(task, log_id=_log_id(response))


def _log_id(response: httpx.Response) -> str:
    return str(response.headers.get("x-log-id", ""))[:256]
