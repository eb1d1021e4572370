"""The tools that an assistant of GLM uses by itself, from the pieces in which it tells of them. Pure.

A chunk holds blocks without ids: the input of a tool comes in pieces, its outputs whole or one after the other.
https://docs.bigmodel.cn/api-reference, "assistant"; `types/assistant/message/tools` of the official SDK
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import lenient
from .events import Event, SourcesFound, ToolUsed
from .results import HostedUse, Source

MOST_USES = 64
"""Of one reply; what comes beyond is damage."""
MOST_CHARACTERS = 20_000
"""Of what one use gave."""

Output = Mapping[str, Any]


def is_told(delta: Mapping[str, Any]) -> bool:
    """Whether a delta tells of tools that were used, not of functions to call."""
    return delta.get("type") == "tool_calls"


class Uses:
    """Fed with blocks, it tells of each tool twice: when it begins, and when nothing more comes of it."""

    def __init__(self) -> None:
        self._count = 0
        self._name = self._kind = self._input = ""
        self._outputs: list[Output] = []

    def feed(self, blocks: object) -> list[Event]:
        events: list[Event] = []
        for block in lenient.mappings_of(blocks):
            events += self._block(block)
        return events

    def flush(self) -> list[Event]:
        """The end of the tool that is in use, if one is: text has come, or the reply is over."""
        if not self._name:
            return []
        outputs = self._outputs
        use = HostedUse(
            self._count - 1,
            self._name,
            self._input,
            "\n\n".join(filter(None, map(_said, outputs)))[:MOST_CHARACTERS] if outputs else None,
            tuple(filter(None, (lenient.text_of(each.get("image")) for each in outputs))),
            bool(outputs) and all(map(_failed, outputs)),
        )
        found = tuple(filter(None, (_source(self._kind, each) for each in outputs)))
        self._name, self._outputs = "", []
        return [ToolUsed(use, is_over=True), *([SourcesFound(found)] if found else [])]

    def _block(self, block: Mapping[str, Any]) -> list[Event]:
        kind = lenient.name_of(block.get("type"))
        body = lenient.mapping_of(block.get(kind))
        name = (lenient.name_of(body.get("name")) if kind == "function" else "") or kind
        piece = lenient.arguments_of(body.get("arguments" if kind == "function" else "input"))
        outputs = list(lenient.mappings_of(body.get("outputs") or []))
        events: list[Event] = []
        if name != self._name or (self._outputs and piece not in ("", self._input)):
            events = [*self.flush(), *self._begin(name, kind)]
        if not self._name:
            return events
        # With the outputs some hosts repeat the whole input, which is then no further piece of it.
        if not (self._outputs or outputs) or piece != self._input:
            self._input += piece
        self._outputs += outputs
        return events

    def _begin(self, name: str, kind: str) -> list[Event]:
        if not name or self._count >= MOST_USES:
            return []
        self._name, self._kind, self._input = name, kind, ""
        self._count += 1
        return [ToolUsed(HostedUse(self._count - 1, name, ""))]


def _said(output: Output) -> str:
    """An output in words, without the link of a picture, which leads nowhere after a month."""
    names = ("title", "document", "link", "text", "content", "logs", "error_msg")
    return "\n".join(filter(None, (lenient.text_of(output.get(name)) for name in names)))


def _failed(output: Output) -> bool:
    """Whether it is an error and nothing else."""
    gave = any(output.get(name) for name in ("link", "text", "content", "logs", "image"))
    return bool(output.get("error_msg")) and not gave


def _source(kind: str, output: Output) -> Source | None:
    """A page that was read, or a passage that was found: they stand beside the reply."""
    title, link, content, document, text = (
        lenient.text_of(output.get(name)) for name in ("title", "link", "content", "document", "text")
    )
    if kind == "web_browser" and link:
        return Source(title=title, link=link, content=content)
    return Source(title=document, content=text) if kind == "retrieval" and text else None
