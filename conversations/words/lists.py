"""Lists compiled: Aho-Corasick for words and phrases, RE2 for expressions. Nothing an entry can say makes them slow."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

import re2
from ahocorasick_rs import AhoCorasick

from .fold import fold

LONGEST_ENTRY = 1000
SEEN_BY_EXPRESSIONS = 512  # characters of a growing text that an expression looks back on
MOST_EXPRESSIONS = 1000  # in one list: each costs a look at every text that the filter does not rule out
EXPRESSION_MEMORY = 4 * 1024 * 1024  # bytes; a larger machine is refused when the list is saved
FILTER_MEMORY = 64 * 1024 * 1024  # the same of all expressions as one
HEAD = 4
# Building holds up everything else of the process; several small ones hold it up for a moment each.
WORDS_AT_ONCE = 25_000


class Mode(Enum):
    """`EXACT`: whole words; `PHRASE`: anywhere; `REGEX`: an expression of RE2 on the folded text."""

    EXACT = "exact"
    PHRASE = "phrase"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class Source:
    """A list as it is kept; `name` is what a hit says of it."""

    name: str
    version: int
    level: int
    mode: Mode
    lines: Sequence[str]


class Hit(NamedTuple):
    """Where entry number `entry` of a list stands in a text; `start` and `end` are places in the original."""

    source: Source
    entry: int
    start: int
    end: int


class Match(NamedTuple):
    """The same in folded text."""

    source: Source
    entry: int
    start: int
    end: int


class Unfit(Exception):
    """An entry that cannot be compiled."""


class _Word(NamedTuple):
    source: Source
    entry: int

    @property
    def is_exact(self) -> bool:
        return self.source.mode is Mode.EXACT


def why_unfit(mode: Mode, line: str) -> str:
    """What is wrong with an entry, in the engine's words; "" when it is fine."""
    if len(line) > LONGEST_ENTRY:
        return f"longer than {LONGEST_ENTRY} characters"
    if mode is not Mode.REGEX:
        return "" if fold(line).text.strip() else "nothing is left of it"
    try:
        return "it matches the empty text" if _expression(line).search("") else ""
    except Unfit as error:
        return str(error)


def compiled(sources: Iterable[Source]) -> Lists | None:
    """None when there is nothing to look for, so that nobody looks."""
    lists = Lists(tuple(sources))
    return None if lists.is_empty else lists


class Lists:
    """Compiled once and never changed; any thread may ask."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._words: dict[str, list[_Word]] = {}
        self._expressions: list[tuple[_Word, Any]] = []
        for source in sources:
            self._take(source)
        self._sorted = sorted(self._words)
        self._heads = frozenset(word[:n] for word in self._sorted for n in range(1, HEAD + 1))
        self._machines = [AhoCorasick(part, store_patterns=False) for part in self._parts()]
        self._filter = self._any_expression()
        self.longest = max(map(len, self._sorted), default=0)

    @property
    def is_empty(self) -> bool:
        return not self._words and not self._expressions

    @cached_property
    def has_expressions(self) -> bool:
        return bool(self._expressions)

    @cached_property
    def looks_back(self) -> int:
        """How much of the folded text before must be kept for a match to be found in what comes."""
        return max(self.longest + 1, SEEN_BY_EXPRESSIONS if self._expressions else 0)

    def check(self, text: str) -> list[Hit]:
        """All hits in a whole text."""
        folded = fold(text)
        return [
            Hit(match.source, match.entry, folded.start(match.start, len(text)), folded.start(match.end, len(text)))
            for match in self.find(folded.text)
        ]

    def find(self, text: str, new_from: int = 0, *, is_cut: bool = False, is_final: bool = True) -> list[Match]:
        """Matches in folded text that end after `new_from`. `is_cut`: it has lost its beginning; not `is_final`: more
        will come, so what touches the end is not yet known to match."""
        matches: list[Match] = []
        for number, machine in enumerate(self._machines):
            for index, start, end in machine.find_matches_as_indexes(text, overlapping=True):
                if end > new_from:
                    word = self._sorted[number * WORDS_AT_ONCE + index]
                    matches += self._of_word(word, text, start, end, is_final)
        if self._expressions and (self._filter is None or self._filter.search(text)):
            matches += self._of_expressions(text, new_from, is_cut=is_cut, is_final=is_final)
        return matches

    def open_from(self, text: str, since: int) -> int:
        """The first place from `since` on where a word may have begun that the text does not end; else its length."""
        heads = self._heads
        # What is longer than every word is the beginning of none.
        for place in range(max(since, len(text) - self.longest), len(text)):
            if text[place : place + HEAD] in heads and self._may_go_on(text[place:]):
                return place
        return len(text)

    def _take(self, source: Source) -> None:
        for entry, line in enumerate(source.lines):
            if source.mode is Mode.REGEX:
                self._expressions.append((_Word(source, entry), _expression(line)))
            elif word := fold(line).text.strip():
                self._words.setdefault(word, []).append(_Word(source, entry))

    def _parts(self) -> Iterator[list[str]]:
        for first in range(0, len(self._sorted), WORDS_AT_ONCE):
            yield self._sorted[first : first + WORDS_AT_ONCE]

    def _any_expression(self) -> Any:
        """All expressions as one, which nearly every text fails; None where there is none or they are too many."""
        lines = [word.source.lines[word.entry] for word, _ in self._expressions]
        try:
            joined = "|".join(f"(?:{line})" for line in lines)
            return re2.compile(joined, _options(min(FILTER_MEMORY, EXPRESSION_MEMORY * len(lines)))) if lines else None
        except re2.error:
            return None

    def _of_word(self, word: str, text: str, start: int, end: int, is_final: bool) -> Iterator[Match]:
        for source, entry in self._words[word]:
            if source.mode is Mode.PHRASE or _stands_alone(text, start, end, is_final):
                yield Match(source, entry, start, end)

    def _of_expressions(self, text: str, new_from: int, *, is_cut: bool, is_final: bool) -> Iterator[Match]:
        for (source, entry), expression in self._expressions:
            for found in expression.finditer(text):
                start, end = found.span()
                is_known = end > new_from and (is_final or end < len(text)) and not (is_cut and start == 0)
                if is_known and end > start:
                    yield Match(source, entry, start, end)

    def _may_go_on(self, start: str) -> bool:
        """Whether a word begins with `start` and is longer, or is a whole word whose end is not yet known."""
        place = bisect_left(self._sorted, start)
        if place == len(self._sorted) or not self._sorted[place].startswith(start):
            return False
        if self._sorted[place] != start or any(word.is_exact for word in self._words[start]):
            return True
        return place + 1 < len(self._sorted) and self._sorted[place + 1].startswith(start)


def _stands_alone(text: str, start: int, end: int, is_final: bool) -> bool:
    if end == len(text) and not is_final and _is_of_word(text[end - 1]):
        return False
    return not (start and _is_of_word(text[start - 1]) and _is_of_word(text[start])) and not (
        end < len(text) and _is_of_word(text[end - 1]) and _is_of_word(text[end])
    )


def _is_of_word(character: str) -> bool:
    """Whether two such characters in a row are one word: not in scripts that put no space between words."""
    if not (character.isalnum() or character == "_"):
        return False
    return character.isascii() or not _is_unspaced(character)


def _is_unspaced(character: str) -> bool:
    return unicodedata.name(character, "").startswith(
        ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
    )


def _expression(line: str) -> Any:
    try:
        return re2.compile(line, _options(EXPRESSION_MEMORY))
    except re2.error as error:
        raise Unfit(_said(error)) from None


def _options(memory: int) -> Any:
    options = re2.Options()
    options.max_mem, options.log_errors, options.case_sensitive = memory, False, False
    return options


def _said(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
