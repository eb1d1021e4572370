"""The same steps as chunks of an assistant: with its conversation and a status, tools as blocks of their own kind.

https://docs.bigmodel.cn/api-reference, "assistant"; `types/assistant` of the official SDK
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from . import tokens, wire
from .steps import Fault, Finish, SourcesAlone, Step, UsageAlone, Used
from .stream import Stream
from .talks import Talk
from .wire import Identity

IN_PROGRESS, COMPLETED, FAILED = "in_progress", "completed", "failed"


@dataclass(frozen=True, slots=True)
class TalkIdentity(Identity):
    """`status` is that of the whole reply."""

    assistant: str = ""
    conversation: str = ""
    status: str = IN_PROGRESS

    def to_wire(self) -> dict[str, Any]:
        names = {"id": self.id, "conversation_id": self.conversation, "assistant_id": self.assistant}
        return {**names, "created": self.created_at, "status": self.status, "last_error": None, "metadata": {}}


class TalkStream(Stream):
    """`talk` is the conversation at GLM; set before anything is played."""

    talk: Talk

    def of(self, talk: Talk) -> TalkStream:
        self.talk = talk
        self.identity = self._fresh()
        return self

    async def take(self, step: Step) -> None:
        if isinstance(step, Used):
            await self._use(step)
        elif not isinstance(step, SourcesAlone):
            await super().take(step)

    def _fresh(self, delay: int = 0) -> Identity:
        made = Identity.fresh(self.asked.model, delay=delay)
        return TalkIdentity(made.id, made.created_at, made.model, self.talk.assistant, self.talk.id)

    def _ends(self, name: str) -> tuple[bytes, bytes]:
        chunk = wire.encode(self._chunk({"role": "assistant", "type": "content", "content": "\0"}))
        before, after = chunk.split(wire.encode("\0"))
        return wire.to_bytes(before), wire.to_bytes(after)

    async def _use(self, step: Used) -> None:
        """The input in pieces, as a reply is, then what came of it."""
        pace, pieces = self.pace(None), tokens.pieces(step.input)
        for piece in pieces:
            await pace.allow(1)
            await self._write(self._frame(self._block(step, piece, ())))
        await self._write(self._frame(self._block(step, "", step.outputs)))

    def _block(self, step: Used, text: str, outputs: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
        told = {"name": step.name, "arguments": text} if step.name else {"input": text}
        if step.kind == "retrieval":
            told = {}
        block = {"type": step.kind, step.kind: {**told, "outputs": list(outputs) or None}}
        return self._chunk({"role": "tool", "type": "tool_calls", "tool_calls": [block]})

    def _bytes(self, step: Step) -> bytes:
        match step:
            case Finish(reason, usage, filters, role):
                if usage:
                    self.talk.add(usage)
                delta = {"role": role, "type": "content", "content": ""}
                chunk = self._chunk(delta, COMPLETED, finish_reason=reason)
                return self._frame(chunk | wire.optional(usage, filters))
            case UsageAlone(usage):
                return self._frame({**self._as(COMPLETED), "choices": [], "usage": usage.to_wire()})
            case Fault(refusal, is_event) if not is_event:
                error = refusal.body(self.call.is_english)["error"]
                return self._frame({**self._as(FAILED), "last_error": error, "choices": []})
        return super()._bytes(step)

    # A choice has no `metadata` of its own: GLM's own clients stumble over it, so it cannot come.
    def _chunk(self, delta: Mapping[str, Any], status: str = IN_PROGRESS, **more: Any) -> dict[str, Any]:
        return {**self._as(status), "choices": [{"index": 0, "delta": delta, **more}]}

    def _as(self, status: str) -> dict[str, Any]:
        identity = self.identity
        return replace(identity, status=status).to_wire() if isinstance(identity, TalkIdentity) else identity.to_wire()
