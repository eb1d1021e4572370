"""Plays steps as server-sent events, one frame per chunk, as `stream: true` asks."""

import asyncio
from typing import Any

from . import wire
from .player import Player
from .steps import (
    Calls,
    Comment,
    Cut,
    Deltas,
    Done,
    Fault,
    Finish,
    Framing,
    Page,
    Refuse,
    Restart,
    SourcesAlone,
    Step,
    Torn,
    UsageAlone,
    Wait,
)

EVENT_STREAM = "text/event-stream;charset=UTF-8"


class Stream(Player):
    """The head goes out with the first frame, so a wait before it is a slow first byte."""

    _framing = Framing()
    _is_started = False

    async def take(self, step: Step) -> None:
        match step:
            case Refuse() | Page() | Wait():
                await super().take(step)
            case Deltas():
                await self._deltas(step)
            case Calls():
                await self._write(self._calls(step))
            case Framing():
                self._framing = step
            case Restart():
                self.identity = self._fresh(delay=90)
            case Cut():
                # The server closes a connection whose answer was left unfinished.
                self.is_over = True
            case _:
                await self._write(self._bytes(step))

    async def finish(self) -> None:
        await self._start()
        await self.call.write(b"", more=False)

    def _fresh(self, delay: int = 0) -> wire.Identity:
        return wire.Identity.fresh(self.asked.model, delay=delay)

    def _ends(self, name: str) -> tuple[bytes, bytes]:
        """What stands before and after the text of a delta."""
        return wire.delta_ends(self.identity, name)

    def _bytes(self, step: Step) -> bytes:
        match step:
            case Finish(reason, usage, filters, role, sources):
                chunk = wire.finish_chunk(self.identity, reason, role, usage, filters)
                return self._frame(chunk | wire.search_result(sources))
            case SourcesAlone(sources):
                return self._frame(wire.sources_chunk(self.identity, sources))
            case UsageAlone(usage):
                return self._frame(wire.usage_chunk(self.identity, usage))
            case Fault():
                return self._fault(step)
            case Comment(text):
                return self._lines(f": {text}".encode())
            case Torn(piece):
                before, after = self._ends("content")
                return b"data: " + before + wire.to_bytes(wire.encode(piece)) + after[:2]
            case Done():
                return self._lines(b"data: [DONE]")
        raise TypeError(step)

    def _calls(self, step: Calls) -> bytes:
        wired = [wire.call_to_wire(i, each.id, each.name, each.arguments) for i, each in enumerate(step.calls)]
        if not step.is_fragmented:
            return self._frame(wire.call_chunk(self.identity, wired, "tool_calls"))
        chunks: list[dict[str, Any]] = []
        for index, each in enumerate(step.calls):
            first = wire.call_to_wire(index, each.id, each.name, "")
            pieces = [{"index": index, "function": {"arguments": piece}} for piece in _pieces(each.arguments)]
            chunks += [wire.call_chunk(self.identity, [call]) for call in (first, *pieces)]
        return b"".join(map(self._frame, chunks))

    async def _deltas(self, step: Deltas) -> None:
        before, after = self._ends(step.name)
        before, after = b"data: " + before, after + 2 * self._framing.newline
        pace = self.pace(step.rate)
        at = 0
        while at < len(step.pieces):
            due = step.pieces[at : at + await pace.allow(len(step.pieces) - at)]
            await self._write(b"".join(before + wire.to_bytes(wire.encode(piece)) + after for piece in due))
            at += len(due)

    def _fault(self, step: Fault) -> bytes:
        body = step.refusal.body(self.call.is_english)
        if not step.is_event:
            return self._frame(body)
        return b"event: error" + self._framing.newline + self._frame(body | {"request_id": self.identity.id})

    def _frame(self, body: dict[str, Any]) -> bytes:
        return self._lines(b"data: " + wire.to_bytes(wire.encode(body)))

    def _lines(self, line: bytes) -> bytes:
        return line + 2 * self._framing.newline

    async def _start(self) -> None:
        if not self._is_started:
            self._is_started = True
            self.call.notes.append("200")
            await self.call.start(200, EVENT_STREAM)

    async def _write(self, data: bytes) -> None:
        await self._start()
        size = self._framing.write_size or len(data)
        for at in range(0, len(data), size):
            await self.call.write(data[at : at + size])
            if size < len(data):
                await asyncio.sleep(0)


def _pieces(arguments: str) -> list[str]:
    return [arguments[at : at + 7] for at in range(0, len(arguments), 7)]
