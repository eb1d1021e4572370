"""Cards to try with, made on the spot."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from io import BytesIO
from typing import Any

from tests.imaging.files import picture, saved

CAPTAIN: dict[str, Any] = {
    "name": "Captain Elsa",
    "description": "{{char}} has sailed the North Sea for thirty years.",
    "personality": "patient, dry",
    "scenario": "A quiet night on the bridge.",
    "first_mes": "Can't sleep either, {{user}}?",
    "mes_example": "<START>\n{{user}}: Where are we?\n{{char}}: Where the chart ends.",
    "creator_notes": "A sailor for long nights.\nMade for tests.",
    "system_prompt": "{{original}} Never break character.",
    "post_history_instructions": "",
    "tags": ["sea", "calm", "sea"],
    "creator": "somebody",
    "alternate_greetings": ["Ahoy."],
    "extensions": {"depth_prompt": {"depth": 4}},
    "character_book": {"entries": [{"keys": ["storm"], "content": "It was 1998."}]},
}


def card(version: int = 2, **fields: Any) -> dict[str, Any]:
    data = {**CAPTAIN, **fields}
    if version == 1:
        return {name: value for name, value in data.items() if isinstance(value, str)}
    return {"spec": f"chara_card_v{version}", "spec_version": f"{version}.0", "data": data}


def as_json(value: Any) -> BytesIO:
    return BytesIO(json.dumps(value).encode())


def as_png(*texts: tuple[str, bytes], size: int = 40) -> BytesIO:
    """A picture with these texts right behind its header."""
    whole = saved(picture(size, size, colour="teal"), "PNG")
    head = 8 + 25
    pieces = b"".join(chunk(b"tEXt", keyword.encode() + b"\0" + text) for keyword, text in texts)
    return BytesIO(whole[:head] + pieces + whole[head:])


def with_card(value: Any, keyword: str = "chara") -> BytesIO:
    return as_png((keyword, base64.b64encode(json.dumps(value).encode())))


def chunk(kind: bytes, data: bytes, length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    return struct.pack(">I", size) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
