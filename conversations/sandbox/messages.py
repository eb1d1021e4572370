"""The messages of a request: roles, order, content parts, each refused with 1214 when it does not fit."""

import base64
import binascii
import re
from typing import Any

from .asked import Said
from .catalogue import entry
from .refusals import Refused

_ROLES = ("system", "user", "assistant", "tool")
_IMAGE_LIMIT = 5 * 1024 * 1024
_DATA_URL = re.compile(r"data:image/[a-z0-9.+-]+;base64,")


def read_messages(found: Any, model: str) -> tuple[Said, ...]:
    """At least one message of a user, none empty, an assistant's never first."""
    if not isinstance(found, list) or not found:
        raise Refused("1214", "messages must not be empty")
    messages = tuple(_read(item, model) for item in found)
    talk = [item.role for item in messages if item.role != "system"]
    if "user" not in talk:
        raise Refused("1214", "messages must hold a user message")
    if talk[0] == "assistant":
        raise Refused("1214", "messages must not begin with an assistant message")
    _check_tool_results(found)
    return messages


def _read(item: Any, model: str) -> Said:
    if not isinstance(item, dict) or item.get("role") not in _ROLES:
        raise Refused("1214", "messages.role")
    role, content = item["role"], item.get("content")
    if content in (None, "", []):
        if role == "assistant" and item.get("tool_calls"):
            return Said(role, "")
        raise Refused("1214", f"{role} message without content")
    if isinstance(content, str):
        return Said(role, content)
    return _read_parts(role, content, model)


def _read_parts(role: str, parts: Any, model: str) -> Said:
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise Refused("1214", "messages.content")
    texts = [_read_text(part) for part in parts if part.get("type") == "text"]
    others = [part for part in parts if part.get("type") != "text"]
    if len(others) > (most := entry(model).image_count or 0) > 0:
        raise Refused("1214", f"messages.content: at most {most} images")
    return Said(role, "\n".join(texts), tuple(_read_image(part, model) for part in others))


def _read_text(part: dict[str, Any]) -> str:
    text = part.get("text")
    if not isinstance(text, str):
        raise Refused("1214", "messages.content.text")
    return text


def _read_image(part: dict[str, Any], model: str) -> bytes | None:
    known = entry(model)
    allowed = ["text", "image_url"] if known.sees else ["text"]
    if part.get("type") not in allowed:
        raise Refused("1214", f"messages.content.type: allowed values {allowed}")
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else None
    is_address = isinstance(url, str) and url.startswith(("https://", "http://"))
    if not isinstance(url, str) or not (is_address or known.takes_base64):
        raise Refused("1214", "messages.content.image_url.url")
    return None if url.startswith(("https://", "http://")) else _decoded(url)


def _decoded(url: str) -> bytes:
    """A data URL or, as the official SDK sends it, bare base64; at most 5 MB."""
    found = _DATA_URL.match(url)
    try:
        data = base64.b64decode(url[found.end() :] if found else url, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not 0 < len(data) <= _IMAGE_LIMIT:
        raise Refused("1214", "messages.content.image_url.url")
    return data


def _check_tool_results(found: list[dict[str, Any]]) -> None:
    """Every tool message answers a call that an assistant message before it made."""
    called: list[Any] = []
    for item in found:
        if item["role"] == "tool" and item.get("tool_call_id") not in called:
            raise Refused("1214", "messages.tool_call_id")
        called += [call.get("id") for call in _tool_calls(item)]


def _tool_calls(item: dict[str, Any]) -> list[dict[str, Any]]:
    calls = item.get("tool_calls") or []
    if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
        raise Refused("1214", "messages.tool_calls")
    return calls
