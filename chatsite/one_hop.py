"""Django over ASGI with one thread hop per request.

The stock handler runs an asynchronous chain and crosses a thread for every synchronous middleware and view,
in a thread made for that request, so each one opens its own database connection. Here the whole chain, from
the first signal to the last, is one call on a small pool of lasting threads that keep their connections.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from functools import partial
from io import BytesIO
from typing import IO, Any, cast

from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from chatsite import bodies

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class OneHopHandler(ASGIHandler):
    """Answers HTTP scopes on `threads` threads of its own.

    With no threads it runs where asgiref runs thread-sensitive work, which under `async_to_sync` is the
    caller's thread: a test's requests then see the test's transaction.
    """

    def __init__(self, threads: int) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._pool = ThreadPoolExecutor(threads, "request") if threads else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            taken = await bodies.read(scope, receive)
        except RequestAborted:
            return
        body = BytesIO() if taken is None else taken
        scope = {**scope, bodies.TOO_LARGE: taken is None}
        try:
            response = await self._hop(self._respond, scope, body)
        except Exception:
            body.close()
            raise
        if not response.streaming:
            await self.send_response(response, send)
            return
        try:
            await self._stream(response, receive, send)
        finally:
            # Shielded: a cancelled request must still give back what its stream holds.
            await asyncio.shield(self._hop(self._finish, response, body))

    def _respond(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response = cast(HttpResponseBase, self.get_response(request) if request else refusal)
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        if not response.streaming:
            self._finish(response, body)
        return response

    @staticmethod
    def _finish(response: HttpResponseBase, body: IO[bytes]) -> None:
        with closing(body):
            response.close()

    async def _hop(self, work: Callable[..., Any], *arguments: Any) -> Any:
        if self._pool is None:
            return await sync_to_async(work)(*arguments)
        call = partial(copy_context().run, work, *arguments)
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    async def _stream(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Send until the stream ends or the client leaves, whichever is first."""
        sending = asyncio.ensure_future(self.send_response(response, send))
        leaving = asyncio.ensure_future(_disconnect(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            finished = sending.done()
            sending.cancel()
            leaving.cancel()
            await asyncio.wait({sending, leaving})
        if finished:
            sending.result()


async def _disconnect(receive: Receive) -> None:
    """Wait until the client leaves. A server that hands bodies over still tells of them first."""
    while (await receive())["type"] != "http.disconnect":
        pass
