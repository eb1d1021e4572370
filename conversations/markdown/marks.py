"""Marks of sources in running text: `[ref_1]` and `【1】`, as GLM writes them when it has searched the web."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_LABEL = r"(?:ref_)?\d{1,3}"
_LIST = rf"{_LABEL}(?:\s?[,，、;]\s?{_LABEL})*"
_MARK = re.compile(rf"\[(ref_\d{{1,3}}(?:\s?[,，、;]\s?{_LABEL})*)\]|【({_LIST})】")
_SPLIT = re.compile(r"\s?[,，、;]\s?")


@dataclass(frozen=True, slots=True)
class Marks:
    """Where marks lead. `numbers` are those of the sources by the label that stands in the text, `ref_1` as well as
    `1`; `prefix` begins the id of each source on the page."""

    prefix: str
    numbers: Mapping[str, int] = field(hash=False)

    @classmethod
    def of(cls, prefix: str, labelled: Iterable[tuple[int, str]]) -> "Marks":
        """For sources with their numbers and the labels that GLM gave them, which may be empty."""
        numbers: dict[str, int] = {}
        for number, label in labelled:
            for each in _labels(label or f"ref_{number}"):
                numbers.setdefault(each, number)
        return cls(prefix, numbers)

    def pieces(self, text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Yield the text in pieces; a mark all of whose labels are known comes with its numbers, all else with none."""
        start = 0
        for found in _MARK.finditer(text):
            numbers = self._numbers(found[1] or found[2])
            if not numbers:
                continue
            if found.start() > start:
                yield text[start : found.start()], ()
            yield found[0], numbers
            start = found.end()
        if start < len(text):
            yield text[start:], ()

    def html(self, numbers: Iterable[int]) -> str:
        """Return links to sources."""
        return "".join(
            f'<a class="note-mark" href="#{self.prefix}-{number}" role="doc-noteref">{number}</a>' for number in numbers
        )

    def _numbers(self, labels: str) -> tuple[int, ...]:
        found = [self.numbers.get(label) for label in _SPLIT.split(labels)]
        known = [number for number in found if number is not None]
        return tuple(dict.fromkeys(known)) if len(known) == len(found) else ()


def may_hold_marks(text: str) -> bool:
    """Say whether anything in a text looks like the mark of a source."""
    return _MARK.search(text) is not None


def _labels(label: str) -> tuple[str, ...]:
    """Return the spellings of a label: `ref_1` is also written `1`."""
    bare = label.removeprefix("ref_")
    return (label, bare, f"ref_{bare}") if bare.isascii() and bare.isdigit() else (label,)
