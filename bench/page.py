"""An open conversation page reduced to what matters here: how much text of the reply it holds, and whether it ended.

It follows the frames as htmx would: each marked element goes to the place its mark names.
"""

from __future__ import annotations

import re

from .texts import wide

MARK = re.compile(rb'(?:id="([^"]*)" )?hx-swap-oob="(\w+)(?::([^"]*))?"')
MESSAGE = re.compile(rb"#message-[0-9a-f-]{36}$")
TAIL = b'-tail"'
BUSY = b'aria-busy="true"'


class Page:
    """`held`: wide characters of the reply on the page. Assumes replies of one part, as those of the load are."""

    def __init__(self) -> None:
        self._sealed = 0
        self._tail = 0
        self.has_ended = False

    @property
    def held(self) -> int:
        return self._sealed + self._tail

    def take(self, frame: bytes) -> None:
        marks = list(MARK.finditer(frame))
        ends = [mark.start() for mark in marks[1:]] + [len(frame)]
        for mark, end in zip(marks, ends, strict=False):
            self._swap(mark[2], mark[3] or b"#" + (mark[1] or b""), frame[mark.end() : end])

    def _swap(self, how: bytes, target: bytes, html: bytes) -> None:
        if target.startswith(b"#part-"):
            self._swap_in_part(how, target.partition(b" ")[0], wide(html))
        elif target.endswith(b"-parts"):
            self._redraw(html)
        elif target.endswith(b"-end"):
            self.has_ended = True
        elif b'-parts"' in html and (target == b"#messages" or MESSAGE.match(target)):
            before, _, last = html.rpartition(b'-parts"')
            self._redraw(last.partition(b'-end"')[0])
            # Not by its text: a process may have died before the first word.
            self.has_ended = BUSY not in before.rpartition(b"<article")[2]

    def _swap_in_part(self, how: bytes, target: bytes, count: int) -> None:
        if not target.endswith(b"-tail"):
            self._sealed, self._tail = count, 0
        elif how == b"beforebegin":
            self._sealed += count
        elif how == b"beforeend":
            self._tail += count
        else:
            self._tail = count

    def _redraw(self, html: bytes) -> None:
        sealed, _, tail = html.partition(TAIL)
        self._sealed, self._tail = wide(sealed), wide(tail)
