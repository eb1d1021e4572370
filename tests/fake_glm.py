"""A GLM that does what a test wrote down, at the one seam that tests replace: the client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

from conversations.glm import (
    Began,
    Call,
    ChatRequest,
    Event,
    FilterLevel,
    Finish,
    Finished,
    Flagged,
    GlmError,
    ReasoningDelta,
    Reply,
    Restarted,
    TextDelta,
    Usage,
    UsageTold,
)
from conversations.glm.errors import from_value
from conversations.glm.fold import Fold

T = TypeVar("T")

# One read of a stream: what arrived together. An error ends the stream; at an event it waits until that is set.
Step = Event | Sequence[Event] | GlmError | asyncio.Event
Script = Sequence[Step] | GlmError | Mapping[str, Any]

BEGAN = Began("glm-1", "glm-answering")


def text(*pieces: str) -> list[Step]:
    """Each piece in a read of its own."""
    return [TextDelta(piece) for piece in pieces]


def reasoning(piece: str) -> Step:
    return ReasoningDelta(piece)


def restarted() -> Step:
    return Restarted("glm-2")


def stop(usage: Usage | None = None) -> list[Step]:
    """An ordinary end."""
    return end(Finish.STOP, usage)


def end(finish: Finish, usage: Usage | None = None) -> list[Step]:
    told = [UsageTold(usage)] if usage else []
    return [[Finished(finish, finish.value), *told]]


def flagged(role: str, level: int | None = 1) -> Step:
    return Flagged((FilterLevel(role, level),))


def refusal(code: str, status: int, message: str = "", role: str = "", level: int = 1) -> GlmError:
    """The error that GLM's body with this code is read as."""
    body = {"error": {"code": code, "message": message}}
    judged = {"contentFilter": [{"role": role, "level": level}]} if role else {}
    return from_value({**body, **judged}, raw=str(body), status=status)


class FakeGlm:
    """Answers each request with the next script; `requests` and `calls` came, `left` were closed before their end."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = list(scripts)
        self.requests: list[ChatRequest] = []
        self.wholes: list[bool] = []
        self.calls: list[Call[Any]] = []
        self.left = 0
        self.open = 0

    @asynccontextmanager
    async def chat(self, request: ChatRequest, *, whole: bool = False) -> AsyncIterator[FakeStream]:
        self.requests.append(request)
        self.wholes.append(whole)
        script = self._scripts.pop(0)
        if isinstance(script, GlmError):
            raise script
        assert not isinstance(script, Mapping)
        stream = FakeStream([BEGAN, *script])
        self.open += 1
        try:
            yield stream
        finally:
            self.open -= 1
            self.left += not stream.is_over

    async def complete(self, request: ChatRequest) -> FakeStream:
        async with self.chat(request) as stream:
            async for _ in stream:
                pass
        return stream

    async def ask(self, call: Call[T]) -> T:
        """The next script is the object that GLM answers with, or an error."""
        self.calls.append(call)
        script = self._scripts.pop(0)
        if isinstance(script, GlmError):
            raise script
        return call.result(json.dumps(script), 200)

    async def models(self) -> tuple[str, ...]:
        return ("glm-answering",)

    async def aclose(self) -> None:
        """Nothing to close."""


class FakeStream:
    """A reply that comes as its script says, folded as the client folds it."""

    status = 200
    log_id = "log-1"

    def __init__(self, script: Sequence[Step]) -> None:
        self._script = list(script)
        self._fold = Fold()
        self.is_over = False

    @property
    def reply(self) -> Reply:
        return self._fold.reply

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[Event, ...]:
        while self._script and isinstance(self._script[0], asyncio.Event):
            gate = self._script.pop(0)
            assert isinstance(gate, asyncio.Event)
            await gate.wait()
        if not self._script:
            self.is_over = True
            self._fold.break_off()
            raise StopAsyncIteration
        return self._next()

    def _next(self) -> tuple[Event, ...]:
        step = self._script.pop(0)
        if isinstance(step, GlmError):
            self.is_over = True
            raise step
        assert not isinstance(step, asyncio.Event)
        events = tuple(step) if isinstance(step, Sequence) else (step,)
        self._fold.add(events)
        return events
