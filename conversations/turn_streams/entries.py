"""What stands in a stream: pieces of text, each with the numbers and the place it goes to. Pure.

A reader applies a piece that fits on what it has, drops what it has already, and where something is missing takes the
text that the database keeps instead. So a piece may be told twice, cut otherwise, or get lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from conversations.models.parts import Kind, Part
from conversations.present import OpenText

VOID: Literal["void"] = "void"
END: Literal["end"] = "end"


@dataclass(frozen=True, slots=True)
class Entry:
    """Brings a log from the number `after` to `seq`; `offset` characters stand before its text.

    A void entry says that all text so far does not count; an end that no more will come.
    """

    seq: int
    after: int
    offset: int
    kind: Kind | Literal["void", "end"]
    text: str = ""

    @property
    def id(self) -> str:
        return f"{self.seq}-{int(self.kind == END)}"

    @property
    def head(self) -> str:
        return f"{self.after} {self.offset} {self.kind}"

    @classmethod
    def read(cls, entry_id: str, head: str, text: str) -> Entry:
        after, offset, kind = head.split(" ")
        return cls(int(entry_id.partition("-")[0]), int(after), int(offset), kind, text)  # type: ignore[arg-type]

    def news_for(self, size: int) -> str:
        """The part of the text that somebody has not who has so many characters."""
        return self.text[max(0, size - self.offset) :]


def joined(entries: Iterable[Entry]) -> list[Entry]:
    """The same with neighbours of one kind made one."""
    result: list[list[Entry]] = []
    for entry in entries:
        if result and _goes_on(result[-1][-1], entry):
            result[-1].append(entry)
        else:
            result.append([entry])
    return [_one(group) for group in result]


def _goes_on(last: Entry, entry: Entry) -> bool:
    return entry.kind == last.kind and entry.after == last.seq and entry.kind not in (VOID, END)


def _one(group: Sequence[Entry]) -> Entry:
    first, last = group[0], group[-1]
    if first is last:
        return first
    return Entry(last.seq, first.after, first.offset, first.kind, "".join(entry.text for entry in group))


def grown(text: OpenText, entries: Iterable[Entry]) -> OpenText:
    """The text with all that fits on it, as far as nothing is missing."""
    parts = [(part.kind, [part.text], part.seconds) for part in text.parts]
    seq, size = text.seq, sum(len(part.text) for part in text.parts)
    for entry in entries:
        if entry.after > seq:
            break
        if entry.kind == VOID and entry.seq > seq:
            parts, size = [], 0
        elif entry.kind not in (VOID, END) and entry.seq > seq:
            news = entry.news_for(size)
            if not parts or parts[-1][0] != entry.kind:
                parts.append((entry.kind, [], None))
            parts[-1][1].append(news)
            size += len(news)
        seq = max(seq, entry.seq)
    return OpenText(tuple(Part(kind, "".join(pieces), seconds=seconds) for kind, pieces, seconds in parts), seq)


def continues(before: Sequence[Part], after: Sequence[Part]) -> bool:
    """Whether the second text is the first with more behind it."""
    if len(before) > len(after):
        return False
    same = all(old.kind == new.kind for old, new in zip(before, after, strict=False))
    whole = all(old.text == new.text for old, new in zip(before[:-1], after, strict=False))
    return same and whole and (not before or after[len(before) - 1].text.startswith(before[-1].text))
