"""What a tool shows to its server and nobody else sees: headers, and parameters of the query."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote

from .places import PLACE
from .unfit import Unfit, Where

HIDDEN = "[secret]"
MOST = 20
LONGEST = 4000  # characters of one value
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_OURS = frozenset(
    {
        *("accept-encoding", "connection", "content-encoding", "content-length", "expect", "host", "keep-alive"),
        *("proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    }
)
_SHORTEST = 6  # characters that are worth hiding: fewer are found in any text


@dataclass(frozen=True, slots=True)
class Secrets:
    """Pairs of name and value. It shows no value, whoever prints it."""

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """One a line: `Name: value` is a header, `?name: value` a parameter of the query. Raises Unfit."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) > MOST:
            raise Unfit(Where.SECRET_LINE, f"> {MOST}")
        pairs = [_pair(line, number) for number, line in enumerate(lines, start=1)]
        return cls(
            tuple((name, value) for name, value in pairs if not name.startswith("?")),
            tuple((name[1:], value) for name, value in pairs if name.startswith("?")),
        )

    @classmethod
    def of(cls, kept: Any) -> Self:
        """From what `kept` gave; nothing at all for None."""
        kept = kept or {}
        return cls(*(tuple((str(n), str(v)) for n, v in kept.get(part, ())) for part in ("headers", "parameters")))

    def kept(self) -> dict[str, Any]:
        """As JSON, to be encrypted."""
        return {"v": 1, "headers": list(map(list, self.headers)), "parameters": list(map(list, self.parameters))}

    @property
    def names(self) -> tuple[str, ...]:
        return (*(name for name, _ in self.headers), *(f"?{name}" for name, _ in self.parameters))

    def __bool__(self) -> bool:
        return bool(self.headers or self.parameters)

    def covered(self) -> Self:
        """The same names, with nothing behind them."""
        return type(self)(
            tuple((name, HIDDEN) for name, _ in self.headers), tuple((name, HIDDEN) for name, _ in self.parameters)
        )

    def hidden_in(self, text: str) -> str:
        """The text without any of the values, in the spellings that answers and addresses have."""
        for spelling in sorted(set(self._spellings()), key=len, reverse=True):
            text = text.replace(spelling, HIDDEN)
        return text

    def _spellings(self) -> Iterator[str]:
        for _, value in (*self.headers, *self.parameters):
            for part in _parts(value):
                if len(part) >= _SHORTEST:
                    yield from (part, quote(part, safe=""), quote(part), html.escape(part), json.dumps(part)[1:-1])


def _parts(value: str) -> Iterator[str]:
    """A value, what follows its scheme, and what is wrapped in a name and a password."""
    yield value
    scheme, _, rest = value.partition(" ")
    if rest := rest.strip():
        yield rest
    if scheme.lower() == "basic":
        try:
            plain = base64.b64decode(rest, validate=True).decode()
        except (binascii.Error, ValueError):
            return
        yield plain
        yield plain.partition(":")[2]


def _pair(line: str, number: int) -> tuple[str, str]:
    """Faults are told by the number of the line: the line itself is secret."""
    name, colon, value = (part.strip() for part in line.partition(":"))
    bare = name.removeprefix("?").strip()
    if not colon or not _TOKEN.fullmatch(bare) or not value:
        raise Unfit(Where.SECRET_LINE, str(number))
    if not name.startswith("?") and bare.lower() in _OURS:
        raise Unfit(Where.SECRET_NAME, bare)
    if PLACE.search(value):
        raise Unfit(Where.SECRET_PLACE, str(number))
    if not value.isascii() or not value.isprintable() or len(value) > LONGEST:
        raise Unfit(Where.SECRET_VALUE, str(number))
    return (f"?{bare}" if name.startswith("?") else bare), value
