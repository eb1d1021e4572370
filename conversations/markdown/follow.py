"""Which new text can be shown at the end of the open tail without parsing it again, and which must wait."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from .blocks import Block

_CLOSINGS = frozenset({
    "paragraph_close", "heading_close", "list_item_close", "bullet_list_close", "ordered_list_close",
    "blockquote_close",
})  # fmt: skip

# What may change markup when it comes behind a letter. Unicode spaces are here as the end of a block is trimmed.
_MARKUP = r"*_`~\[<&#$\\@】\x00-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# These only end what has been opened before them.
_CLOSERS = {")": "](", "]": "[", ">": "<", ";": "&"}
_LETTER = re.compile(r"[^\W\d_]")
_LAST_WORD = re.compile(r"[!-~]*\Z")

_CONTAINERS = r"[ \t]*+(?:(?:[-*+>]|\d{1,9}[.)]|\[[ xX]\])[ \t]++)*+"
_INDENT = re.compile(_CONTAINERS)
_UNDECIDED = re.compile(
    _CONTAINERS + r"(?:[-=]++|[*_]{1,3}|[+>]|\#{1,6}|\d{1,9}[.)]?|`{1,2}|`{3,}[^`\n]*|~{1,2}|~{3,}[^\n]*"
    r"|\|[-:| \t]*|:-*|\$\$?|\\[\[(]?|\[[ xX]?\]?)?[ \t]*"
)
_UNDECIDED_LENGTH = 80
# A list goes on with these behind a blank line, and a formula may be closed in any line.
_MAY_CONTINUE = re.compile(r"[ \t]|[-+*](?:[ \t]|\Z)|\d{1,9}(?:[.)](?:[ \t]|\Z)|\Z)|.*?(?:\$\$|\\\])")


def undecided(text: str) -> str:
    """Return as much of the unfinished last line as may still become anything, and is better not shown yet.

    A "-" shown at once would make the line above a heading until the rest of a list item comes.
    """
    start = text.rfind("\n") + 1
    if len(text) - start > _UNDECIDED_LENGTH or not _UNDECIDED.fullmatch(text, start):
        return ""
    return text[start:]


def begins_block(text: str) -> bool:
    """Say whether the unfinished last line cannot continue the block before it, whatever may still follow."""
    start = text.rfind("\n") + 1
    before = text[text.rfind("\n", 0, max(start - 1, 0)) + 1 : start]
    return start < len(text) and not before.strip() and not _MAY_CONTINUE.match(text, start)


class Follower(Protocol):
    """Takes new text and returns what of it to show now, or None when the tail must be drawn anew."""

    held: str
    """Text taken but not shown yet."""

    def __call__(self, new: str) -> str | None:
        """Take new text."""


class Prose:
    """Follows running text at the end of a paragraph, heading or list item.

    It shows exactly what drawing anew would show. Spaces wait for the word behind them, as the end of a block is
    trimmed.
    """

    __slots__ = ("_last", "_markup", "held")

    def __init__(self, text: str, markup: re.Pattern[str]) -> None:
        self.held = text[len(text.rstrip(" ")) :]
        self._markup = markup
        self._last = text[-2:]

    def __call__(self, new: str) -> str | None:
        """Take new text, unless it may be markup or the beginning of an address."""
        if self._markup.search(new) or _may_be_address(self._last + new):
            return None
        self._last = (self._last + new)[-2:]
        text = self.held + new
        shown = text.rstrip(" ")
        self.held = text[len(shown) :]
        return shown

    @classmethod
    def behind(cls, text: str, blocks: Sequence[Block]) -> "Prose | None":
        """Return a follower if the tail ends in running text that no letter can turn into something else."""
        line = _INDENT.sub("", text[text.rfind("\n") + 1 :].rstrip(" "), count=1)
        # A line without a letter may become a list ("1" and "."), a word with these a link; a text with "]:" the
        # definition of one.
        if not _LETTER.search(line) or "]:" in text or _may_be_address(line[_word_start(line) :]):
            return None
        markup = _markup("".join(closer for closer, opener in _CLOSERS.items() if opener in text))
        if markup.search(line[-1]) or not _ends_in_text(blocks, text.count("\n") + 1, line[-1]):
            return None
        return cls(text, markup)


class Code:
    """Follows the inside of a fence that stands at the beginning of its line, until its closing line is complete."""

    __slots__ = ("_closing", "_line", "_maybe", "held")

    def __init__(self, markup: str) -> None:
        mark = re.escape(markup[0])
        self._closing = re.compile(rf" {{0,3}}{mark}{{{len(markup)},}}[ \t]*")
        self._maybe = re.compile(rf" {{0,3}}{mark}*[ \t]*")
        self._line = ""
        self.held = ""

    def __call__(self, new: str) -> str | None:
        """Take new text; a line that may become the closing one waits, with the line end before it."""
        *lines, rest = (self._line + new).split("\n")
        if any(self._closing.fullmatch(line) for line in lines):
            return None
        # A long line is not kept: it is no closing line any more, and need not be looked at again.
        self._line = rest if len(rest) <= _UNDECIDED_LENGTH else "x" * _UNDECIDED_LENGTH
        text = self.held + new
        is_waiting = len(rest) <= _UNDECIDED_LENGTH and self._maybe.fullmatch(rest)
        shown = text[: max(len(text) - len(rest) - 1, 0)] if is_waiting else text
        self.held = text[len(shown) :]
        return shown


@cache
def _markup(closers: str) -> re.Pattern[str]:
    return re.compile(f"[{_MARKUP}{re.escape(closers)}]")


def _may_be_address(text: str) -> bool:
    return "//" in text or "@" in text or "www" in text.lower()


def _word_start(line: str) -> int:
    found = _LAST_WORD.search(line)
    return found.start() if found else len(line)


def _ends_in_text(blocks: Sequence[Block], line_count: int, character: str) -> bool:
    """Say whether the last block ends, in the last line, with text in a paragraph or heading."""
    tokens = blocks[-1].tokens if blocks else ()
    inline = next((token for token in reversed(tokens) if token.type not in _CLOSINGS), None)
    if inline is None or inline.type != "inline" or not inline.map or inline.map[1] != line_count:
        return False
    last = inline.children[-1] if inline.children else None
    return last is not None and last.type == "text" and last.content.endswith(character)
