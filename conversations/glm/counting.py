"""Counting a prompt without answering it: `POST /tokenizer`. https://docs.bigmodel.cn/api-reference"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .calls import Call
from .errors import ProtocolError
from .lenient import count_of, mapping_of, name_of
from .requests import ChatRequest

SENT = ("model", "messages", "tools", "request_id")


@dataclass(frozen=True, slots=True)
class Counted:
    """The tokens of a prompt, pictures included; `id` is GLM's name for the answer."""

    total: int
    id: str = ""


def count_tokens(request: ChatRequest) -> Call[Counted]:
    """How many tokens the prompt of a request has, by GLM's own count; only some models are known to it."""
    body = request.body()
    sent = {name: body[name] for name in SENT if name in body}
    return Call("POST", "tokenizer", _counted, sent, request_id=request.request_id)


def _counted(value: Mapping[str, Any]) -> Counted:
    usage = mapping_of(value.get("usage"))
    total = count_of(usage.get("total_tokens"))
    total = count_of(usage.get("prompt_tokens")) if total is None else total
    if total is None:
        raise ProtocolError("the answer holds no count", raw=str(value))
    return Counted(total, name_of(value.get("id")))
