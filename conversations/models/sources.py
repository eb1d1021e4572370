"""Sources as the text of a part: one JSON array a line, `[number, refer, title, link, media, icon, content, date]`.

A text, because that is what grows, is checkpointed and is held against word lists; without names of fields, which would
be words like others there. The number is the one that people see, counted through a whole reply.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from conversations.glm import Source

_FIELDS = len(fields(Source))
LONGEST_FIELD = 4000
"""Characters of one field that are kept: an excerpt is an excerpt."""


@dataclass(frozen=True, slots=True)
class Numbered:
    number: int
    source: Source


@dataclass(frozen=True, slots=True)
class AskedBase:
    """A knowledge base that a reply rests on, by the name it had then; `is_cited`: GLM said what it took from it."""

    name: str
    is_cited: bool

    @property
    def written(self) -> str:
        return json.dumps([0, self.name, self.is_cited], ensure_ascii=False, separators=(",", ":")) + "\n"


def written(numbered: Iterable[Numbered]) -> str:
    lines = ([each.number, *(value[:LONGEST_FIELD] for value in astuple(each.source))] for each in numbered)
    return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)


def read(text: str) -> tuple[Numbered, ...]:
    """The sources of all lines that are complete; whatever is none is left out."""
    found = (_read(line) for line in text.split("\n")[:-1])
    return tuple(each for each in found if each is not None)


def asked_base(text: str) -> AskedBase | None:
    """The knowledge base of a part, where one was asked."""
    for line in text.split("\n")[:-1]:
        if line.startswith("[0,"):
            try:
                _, name, is_cited = json.loads(line)
            except (ValueError, TypeError):
                continue
            return AskedBase(str(name), is_cited is True)
    return None


def _read(line: str) -> Numbered | None:
    try:
        number, *values = json.loads(line)
    except (ValueError, TypeError):
        return None
    is_whole = len(values) == _FIELDS and all(isinstance(value, str) for value in values)
    return Numbered(number, Source(*values)) if is_whole and isinstance(number, int) else None
