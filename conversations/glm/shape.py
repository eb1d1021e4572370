"""Chunks that differ in their text only are not parsed again: half the cost of a fast stream is JSON.

A chunk of 200 bytes carries one word. When everything before and after the text is, byte for byte, what it
was in a chunk that brought a text and nothing else, then so is its meaning.
"""

import re
from typing import Any, NamedTuple

from .lenient import parse_object

# In a string the quotes would be escaped, so this is a key.
_TEXT_KEY = re.compile(r'"(reasoning_content|content)": ?"')
_INERT = frozenset({"id", "request_id", "created", "object", "model", "system_fingerprint"})
_UNSEEN = "\0"


class PlainText(NamedTuple):
    """All that a chunk brought."""

    key: str
    """`content` or `reasoning_content`."""
    text: str


class ChunkParser:
    """JSON text of a chunk → its object, or only its text when the shape is that of the chunk before."""

    __slots__ = ("_after", "_before", "_key", "_least")

    def __init__(self) -> None:
        self._before = self._after = _UNSEEN
        self._key = ""
        self._least = 0

    def parse(self, data: str) -> dict[str, Any] | PlainText | None:
        """None when `data` is no JSON object."""
        if len(data) >= self._least and data.startswith(self._before) and data.endswith(self._after):
            text = data[len(self._before) : len(data) - len(self._after)]
            if '"' not in text and "\\" not in text:
                return PlainText(self._key, text)
        value = parse_object(data)
        if value is not None and (key := _only_text(value)):
            self._learn(data, key)
        return value

    def _learn(self, data: str, key: str) -> None:
        found = list(_TEXT_KEY.finditer(data))
        texts = [each for each in found if each[1] == key]
        if len(texts) != 1:
            return
        start = texts[0].end()
        end = data.find('"', start)
        if end > start and "\\" not in data[start:end]:
            self._before, self._after, self._key = data[:start], data[end:], key
            self._least = start + len(self._after)


def _only_text(value: dict[str, Any]) -> str:
    """The key of the one text in a chunk that brings nothing else; empty for any other chunk."""
    choices = value.get("choices")
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], dict):
        return ""
    choice = choices[0]
    delta = choice.get("delta")
    if not isinstance(delta, dict) or _told(value) - _INERT != {"choices"} or _told(choice) - {"index"} != {"delta"}:
        return ""
    told = _told(delta) - {"role"}
    key = told.pop() if len(told) == 1 else ""
    return key if key in ("content", "reasoning_content") and isinstance(delta[key], str) else ""


def _told(value: dict[str, Any]) -> set[str]:
    """The keys that say something: null, empty and false mean the same as absent."""
    return {key for key, each in value.items() if each}
