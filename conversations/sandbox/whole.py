"""Plays steps as one JSON body, for requests without `stream`."""

from typing import Any

from . import wire
from .asgi import JSON_TYPE, Call
from .asked import Asked
from .pace import Gate
from .player import Player
from .steps import Calls, Cut, Deltas, Fault, Finish, Page, Refuse, SourcesAlone, Step, UsageAlone, Wait
from .web import Page as WebPage


class Whole(Player):
    """Collects the deltas at once, unless a gate holds them; line forms of a stream do not show."""

    def __init__(self, call: Call, asked: Asked, usual_rate: float, gate: Gate | None) -> None:
        super().__init__(call, asked, usual_rate, gate)
        self._texts = {"content": ""}
        self._calls: list[dict[str, Any]] = []
        self._reason: str | None = None
        self._usage: wire.Usage | None = None
        self._filters: tuple[wire.Filter, ...] = ()
        self._sources: tuple[WebPage, ...] | None = None

    async def take(self, step: Step) -> None:
        match step:
            case Refuse() | Page() | Wait():
                await super().take(step)
            case Deltas():
                await self._deltas(step)
            case Fault(refusal):
                # A 200 whose body is an error: reported of proxies and old gateways (observed).
                await self.call.respond_json(refusal.body(self.call.is_english))
                self.is_over = True
            case Cut():
                await self._send_half()
            case _:
                self._note(step)

    def _note(self, step: Step) -> None:
        """What stands beside the text."""
        match step:
            case Calls(calls):
                self._calls = [wire.call_to_wire(i, each.id, each.name, each.arguments) for i, each in enumerate(calls)]
            case Finish(reason, usage, filters, _, sources):
                self._reason, self._usage, self._filters = reason, usage or self._usage, filters
                self._sources = self._sources if sources is None else sources
            case SourcesAlone(sources):
                self._sources = sources
            case UsageAlone(usage):
                self._usage = usage

    async def finish(self) -> None:
        await self.call.respond_json(self._body())

    async def _deltas(self, step: Deltas) -> None:
        at = 0
        while self.gate and at < len(step.pieces):
            at += await self.gate.allow(len(step.pieces) - at)
        self._texts[step.name] = self._texts.get(step.name, "") + "".join(step.pieces)

    def _body(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", **self._texts}
        if self._calls:
            message |= {"content": self._texts["content"] or None, "tool_calls": self._calls}
        body = wire.completion(self.identity, self.asked.request_id, message, self._reason)
        return body | wire.optional(self._usage, self._filters) | wire.search_result(self._sources)

    async def _send_half(self) -> None:
        body = wire.to_bytes(wire.encode(self._body()))
        await self.call.start(200, JSON_TYPE, len(body))
        await self.call.write(body[: len(body) // 2])
        self.is_over = True
