"""The sandbox as an ASGI application."""

import time
from collections.abc import Callable
from dataclasses import replace

from . import wire
from .asgi import Call, Event, Receive, Send, read_body, while_connected
from .auth import check
from .endpoints import ROUTES
from .endpoints.route import find
from .refusals import Refused
from .state import State


class Sandbox:
    """Serves GLM's API under `/api/paas/v4`; `note` gets one line about each request that was answered."""

    def __init__(self, state: State | None = None, note: Callable[[str], None] | None = None) -> None:
        self._state = state or State()
        self._note = note

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError("the sandbox serves HTTP only")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope.get("query_string", b"").decode("latin-1")
        call = Call(scope["method"], scope["path"], headers, send, wire.new_id(time.time()), query=query)
        await self._answer(call, receive)
        if self._note:
            self._note(" ".join([call.method, call.path, *call.notes]))

    async def _answer(self, call: Call, receive: Receive) -> None:
        try:
            body = await read_body(receive)
            if body is not None:
                await while_connected(self._route(replace(call, body=body)), receive)
        except Refused as refused:
            await call.refuse(refused.refusal)

    async def _route(self, call: Call) -> None:
        found = find(ROUTES, call.method, call.path)
        if found is None or found[0].needs_key:
            check(call.headers.get("authorization"), self._state.key)
        if found is None:
            raise Refused("1222", f"{call.method} {call.path}")
        route, part = found
        await route.answer(call, self._state, part)
