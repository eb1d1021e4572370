"""GLM's JSON shapes as bytes: identities, chunks, whole replies, errors.

Shapes follow the chat completion pages of docs.bigmodel.cn; what they leave out is marked "observed".
"""

import json
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from .web import Page

BEIJING = timezone(timedelta(hours=8))

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_bytes(text: str) -> bytes:
    """UTF-8, not escaped, as GLM sends it; a lone surrogate becomes its JSON escape."""
    return text.encode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Filter:
    """GLM's own judgement on one side of the talk; level 0 is the worst, 3 the mildest."""

    role: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Usage:
    """Estimated tokens of one request; the reasoning ones are part of the completion ones."""

    prompt: int
    completion: int
    reasoning: int = 0

    def to_wire(self) -> dict[str, Any]:
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": self.reasoning},
        }


@dataclass(frozen=True, slots=True)
class Identity:
    """What every chunk of one answer repeats; `created_at` is in Unix seconds."""

    id: str
    created_at: int
    model: str

    @classmethod
    def fresh(cls, model: str, *, delay: int = 0) -> "Identity":
        """A new identity; `delay` in seconds dates it later, as a restarted answer is."""
        created_at = int(time.time()) + delay
        return cls(new_id(created_at), created_at, model)

    def to_wire(self) -> dict[str, Any]:
        return {"id": self.id, "created": self.created_at, "model": self.model}


def new_id(created_at: float) -> str:
    """Beijing time to the second, then 18 hex digits (observed since October 2024)."""
    moment = datetime.fromtimestamp(created_at, UTC).astimezone(BEIJING)
    return f"{moment:%Y%m%d%H%M%S}{secrets.token_hex(9)}"


def delta_ends(identity: Identity, field: str) -> tuple[bytes, bytes]:
    """What stands before and after the encoded text in each chunk: one encoding for a whole reply."""
    chunk = encode({**identity.to_wire(), "choices": [{"index": 0, "delta": {"role": "assistant", field: "\0"}}]})
    before, after = chunk.split(encode("\0"))
    return to_bytes(before), to_bytes(after)


def finish_chunk(
    identity: Identity,
    reason: str,
    role: str,
    usage: Usage | None,
    filters: tuple[Filter, ...],
) -> dict[str, Any]:
    """The chunk with the finish reason; `usage` and `content_filter` are left out when there are none."""
    choice = {"index": 0, "finish_reason": reason, "delta": {"role": role, "content": ""}}
    chunk = {**identity.to_wire(), "choices": [choice]}
    return chunk | optional(usage, filters)


def call_chunk(identity: Identity, calls: list[dict[str, Any]], reason: str = "") -> dict[str, Any]:
    """A chunk with calls of functions, or pieces of them."""
    choice: dict[str, Any] = {"index": 0, "delta": {"role": "assistant", "tool_calls": calls}}
    return {**identity.to_wire(), "choices": [{**choice, "finish_reason": reason} if reason else choice]}


def call_to_wire(index: int, call_id: str, name: str, arguments: str) -> dict[str, Any]:
    return {"id": call_id, "index": index, "type": "function", "function": {"name": name, "arguments": arguments}}


def usage_chunk(identity: Identity, usage: Usage) -> dict[str, Any]:
    """The chunk without choices that newer models end with (observed in 2026)."""
    return {**identity.to_wire(), "choices": [], "usage": usage.to_wire()}


def sources_chunk(identity: Identity, sources: tuple[Page, ...]) -> dict[str, Any]:
    """The pages of a search in a chunk of their own; the array always stands at top level."""
    choice = {"index": 0, "delta": {"role": "assistant", "content": ""}}
    return {**identity.to_wire(), "choices": [choice]} | search_result(sources)


def search_result(sources: tuple[Page, ...] | None) -> dict[str, Any]:
    """The top-level array; nothing where no search was made."""
    return {} if sources is None else {"web_search": [each.to_wire() for each in sources]}


def completion(
    identity: Identity, request_id: str | None, message: dict[str, Any], reason: str | None
) -> dict[str, Any]:
    """The body of an answer that is not streamed, without usage and content filter."""
    choice = {"index": 0, "finish_reason": reason, "message": message}
    return {**identity.to_wire(), "request_id": request_id or identity.id, "choices": [choice]}


def optional(usage: Usage | None, filters: tuple[Filter, ...]) -> dict[str, Any]:
    """Usage and content filter in the spelling of streams and 200 bodies, each only when present."""
    found: dict[str, Any] = {}
    if usage:
        found["usage"] = usage.to_wire()
    if filters:
        found["content_filter"] = [{"role": item.role, "level": item.level} for item in filters]
    return found
