"""One form for many spellings: compatibility composed (full and half width are one), case folded, white space single,
without characters that nobody sees. With it goes where each character came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

# A base character and the marks that make one character of it: accents, voiced kana (of half width too), Hangul jamo.
_MARK = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\uff9e\uff9f"
)
_JAMO = "\u1100-\u11ff"
_UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
_RARE_SPACES = "\x0b\x0c\x1c-\x1f\x85\u1680\u2028\u2029"
# In a text without these no two characters become one and none goes: when its length stays, every place stays.
_ODD = re.compile(f"[{_MARK}{_JAMO}{_UNSEEN}{_RARE_SPACES}\u2026]")
# What is folded by itself where a text has such things: white space, jamo of a syllable, characters with marks, others.
_APART = re.compile(rf"\s{{2,}}|[{_RARE_SPACES}]|[{_JAMO}]+|[^\s{_MARK}]?[{_MARK}]+|[{_UNSEEN}\u2026]")
_SPACE = re.compile(r"[\n\t\r]")
_MOST_KNOWN = 200_000


class Folded(NamedTuple):
    """`starts[i]` is the place in the original of what became `text[i]`; None: the same place."""

    text: str
    starts: Sequence[int] | None

    def start(self, index: int, end: int) -> int:
        """Where in the original the character at `index` begins; `end` for the end of the text."""
        if index >= len(self.text):
            return end
        return index if self.starts is None else self.starts[index]

    def whole(self, index: int) -> int:
        """The first place that comes from the same character of the original as the one at `index`."""
        starts = self.starts
        while starts is not None and 0 < index < len(starts) and starts[index - 1] == starts[index]:
            index -= 1
        return index


class _Known(dict[str, str]):
    """What each character becomes, found once."""

    def __missing__(self, cluster: str) -> str:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        found = self[cluster] = _fold(cluster)
        return found


def _fold(cluster: str) -> str:
    if cluster.isspace():
        return " "
    seen = "".join(c for c in cluster if unicodedata.category(c) not in ("Cc", "Cf"))
    return _composed(seen)


_known = _Known()


def fold(text: str, *, after_space: bool = False) -> Folded:
    """The form that lists and texts are compared in. `after_space`: the text continues one that ended in a space."""
    if _ODD.search(text) is None:
        plain = text.lower() if text.isascii() else _composed(text)
        if not plain.isprintable():
            plain = _SPACE.sub(" ", plain)
        if len(plain) == len(text) and "  " not in plain and not (after_space and plain[:1] == " "):
            return Folded(plain, None)
    return _in_pieces(text, after_space)


def _in_pieces(text: str, after_space: bool) -> Folded:
    """The same for a text in which something becomes shorter or longer."""
    pieces: list[str] = []
    starts: list[int] = []
    place = 0
    for apart in _APART.finditer(text):
        _add_plain(text[place : apart.start()], place, pieces, starts)
        _add(_known[apart.group()], apart.start(), pieces, starts)
        place = apart.end()
    _add_plain(text[place:], place, pieces, starts)
    return _without_doubles("".join(pieces), starts, after_space)


def _add_plain(text: str, place: int, pieces: list[str], starts: list[int]) -> None:
    folded = _composed(text)
    if len(folded) == len(text):
        pieces.append(folded)
        starts.extend(range(place, place + len(text)))
    else:
        for offset, character in enumerate(text):
            _add(_known[character], place + offset, pieces, starts)


def _add(folded: str, place: int, pieces: list[str], starts: list[int]) -> None:
    pieces.append(folded)
    starts.extend([place] * len(folded))


def _without_doubles(text: str, starts: list[int], after_space: bool) -> Folded:
    """White space that only now stands side by side, as around a character that is not seen, is one."""
    text = _SPACE.sub(" ", text)
    if "  " not in text and not (after_space and text[:1] == " "):
        return Folded(text, starts)
    kept = [i for i, c in enumerate(text) if c != " " or (text[i - 1] != " " if i else not after_space)]
    return Folded("".join(text[i] for i in kept), [starts[i] for i in kept])


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def may_combine(character: str) -> bool:
    """Whether a mark that is still to come could change this character: letters, but for Chinese ones."""
    return character.isalpha() and not "\u4e00" <= character <= "\u9fff"
