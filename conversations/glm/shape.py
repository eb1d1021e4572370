"""Lines that differ in their text only are not parsed again: most of the cost of a fast stream is JSON.

A chunk of 200 bytes carries one word. When everything before and after the text is, character for character,
what it was in a line whose chunk brought a text and nothing else, then so is its meaning.
"""

import re
from typing import Any, NamedTuple

# In a string the quotes would be escaped, so this is a key.
_TEXT_KEY = re.compile(r'"(reasoning_content|content)": ?"')
_INERT = frozenset({"id", "request_id", "created", "object", "model", "system_fingerprint"})
_UNSEEN = "\0"


class PlainText(NamedTuple):
    """All that a chunk brought."""

    key: str
    """`content` or `reasoning_content`."""
    text: str


class Shape:
    """A line as it was last, around its text."""

    __slots__ = ("_after", "_before", "_end", "_key", "_least", "_start")

    def __init__(self) -> None:
        self._set("", _UNSEEN, _UNSEEN)

    def text_in(self, line: str) -> PlainText | None:
        """The text of a line of this shape, None for any other and where the text needs unescaping."""
        if line.startswith(self._before) and line.endswith(self._after) and len(line) >= self._least:
            text = line[self._start : self._end]
            if '"' not in text and "\\" not in text:
                return PlainText(self._key, text)
        return None

    def learn(self, line: str, value: dict[str, Any]) -> None:
        """Take the shape of `line`, which holds `value`, if that is a text and nothing else."""
        if not (key := _only_text(value)):
            return
        starts = [found.end() for found in _TEXT_KEY.finditer(line) if found[1] == key]
        end = line.find('"', starts[0]) if len(starts) == 1 else 0
        if end and "\\" not in line[starts[0] : end]:
            self._set(key, line[: starts[0]], line[end:])

    def _set(self, key: str, before: str, after: str) -> None:
        self._key, self._before, self._after = key, before, after
        self._start, self._end = len(before), -len(after)
        self._least = len(before) + len(after)


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
