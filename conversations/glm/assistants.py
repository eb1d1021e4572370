"""Which assistants a key may use: `POST /assistant/list`. https://docs.bigmodel.cn/api-reference"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .calls import Call
from .errors import ProtocolError
from .lenient import mappings_of, name_of, text_of


@dataclass(frozen=True, slots=True)
class Listed:
    """An assistant as GLM describes it; only `id` is surely there."""

    id: str
    name: str = ""
    description: str = ""


def listed() -> Call[tuple[Listed, ...]]:
    """All of them, in GLM's order."""
    return Call("POST", "assistant/list", _listed, {})


def _listed(value: Mapping[str, Any]) -> tuple[Listed, ...]:
    data = value.get("data")
    if not isinstance(data, list):
        raise ProtocolError("the answer holds no list", raw=str(value))
    named = ((name_of(each.get("assistant_id")), each) for each in mappings_of(data))
    return tuple(Listed(key, text_of(one.get("name")), text_of(one.get("description"))) for key, one in named if key)
