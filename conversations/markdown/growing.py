"""The part of a growing reply that is read as Markdown: seals what is final, shows the open rest."""

import re
from collections.abc import Sequence
from itertools import islice

from .blocks import Block, Document
from .follow import Code, Follower, Prose, begins_block, undecided
from .marks import Marks
from .text import escape
from .updates import Update, View

_EAGER_LENGTH = 1_024
"""Up to this length the tail is drawn anew whenever markup comes; a longer one only after growing by an eighth …"""
_PATIENT_LENGTH = 16_384
"""… and from here on after doubling. In between text is appended as it is."""

# A long tail is drawn sooner when its end seems to have come: a blank line, or behind lists and the like a line that
# cannot belong to them.
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_NEW_BLOCK = re.compile(r"\n[ \t]*\n(?:[^\s\-*+\d]|\*\*)|\n#{1,6} ")
_LINE_END = re.compile(r"\n")


class Growing:
    """Reads Markdown that comes in pieces. `view` is the open tail as viewers have it."""

    def __init__(self) -> None:
        self.view = View()
        self.needs_whole = False
        """Definitions were seen: blocks sealed before them may have to change in the end."""
        self._document = Document()
        self._drawn = ""
        self._since: list[str] = []
        self._grown = 0
        self._follower: Follower | None = None
        self._held = ""
        self._end = _BLANK_LINE
        self._edge = ""
        self._asked = (0, False)
        self._was_deceived = False

    def grow(self, new: str) -> Update:
        """Take new text and return what changes."""
        self._since.append(new)
        self._grown += len(new)
        shown = self._follower(new) if self._follower else None
        if shown is not None:
            return self.view.append(escape(shown))
        if self._may_wait(new):
            return self._append_source(new)
        return self._redraw()

    def know(self, marks: Marks) -> None:
        """Take what is known of sources from here on."""
        self._document.marks = marks

    def finish(self) -> str:
        """Return the HTML of the rest: no more text comes."""
        reading = self._document.read(self._text())
        self._note_definitions(reading.blocks)
        self.needs_whole = self.needs_whole or bool(reading.references)
        self.view = View()
        return self._document.write(reading.blocks, reading.references)

    def _text(self) -> str:
        return self._drawn + "".join(self._since)

    def _may_wait(self, new: str) -> bool:
        """Say whether the tail is too long to be drawn for so little new text."""
        if isinstance(self._follower, Code) or self._grown >= _patience(len(self._drawn)):
            return False
        text, self._edge = self._edge + new, (self._edge + new)[-3:]
        return self._was_deceived or not self._end.search(text)

    def _append_source(self, new: str) -> Update:
        if self._follower:
            self._held, self._follower = self._follower.held, None
        shown, self._held = self._held + new, ""
        return self.view.append(escape(shown))

    def _redraw(self) -> Update:
        before, was_long = self.view.html, self._grown < _patience(len(self._drawn))
        sealed, rest = self._seal(self._text())
        # What looked like the end of a long block was none: until it has grown, do not look again.
        self._was_deceived = was_long and not sealed
        self._drawn, self._since, self._grown, self._edge = rest, [], 0, rest[-3:]
        html = self._draw(rest)
        self.view = View.of(html)
        return Update(sealed=sealed, tail=None if html == before else html)

    def _seal(self, text: str) -> tuple[str, str]:
        """Return the HTML of the blocks that are final, and the text behind them.

        Only complete lines tell: of "1. a", blank line, "2" the last may become "2. b". An unfinished line counts
        when it begins a block in any case.
        """
        asked = (text.rfind("\n") + 1, begins_block(text))
        # Without a complete line, or without another one since the last time, there is nothing to learn.
        if asked in (self._asked, (0, True), (0, False)):
            return "", text
        self._asked = asked
        known = text if asked[1] else text[: asked[0]]
        reading = self._document.read(known, is_open=True)
        blocks, end = _final(reading.blocks, known)
        if not blocks:
            return "", text
        self._document.references |= {
            label: target for label, target in reading.references.items() if target["map"][1] <= end
        }
        self._note_definitions(blocks)
        self._asked = (0, False)
        return self._document.write(blocks, self._document.references), text[_line_start(text, end) :].lstrip("\n")

    def _draw(self, text: str) -> str:
        self._held = undecided(text)
        shown = text[: len(text) - len(self._held)]
        reading = self._document.read(shown, is_open=True)
        blocks = reading.blocks
        self._end = _NEW_BLOCK if blocks and not blocks[-1].ends_with_blank else _BLANK_LINE
        self._follower = _follow_code(blocks, text)
        html = self._document.write_tail(blocks, reading.references)
        if self._follower is None:
            self._held = text[len(shown.rstrip(" \n")) :]
            self._follower = Prose.behind(text, blocks) if len(shown) == len(text) else None
        return html

    def _note_definitions(self, blocks: Sequence[Block]) -> None:
        self.needs_whole = self.needs_whole or any(block.kind == "note_open" for block in blocks)


def _patience(length: int) -> int:
    """Return by how much a tail of this length must grow to be drawn anew: all its drawings stay near linear."""
    if length > _PATIENT_LENGTH:
        return length
    return max(length - _EAGER_LENGTH, 0) // 8


def _final(blocks: Sequence[Block], text: str) -> tuple[Sequence[Block], int]:
    """Return the blocks that no further text can change, and the line behind them."""
    if not blocks:
        return (), 0
    last = blocks[-1]
    if last.is_final(text.count("\n")):
        return blocks, last.end
    open_count = 1
    # A formula that is never closed was a part of the paragraph right above it.
    if last.kind == "math_open" and last.first and text[: _line_start(text, last.first)].rstrip(" \t")[-2:] != "\n\n":
        open_count = 2
    return blocks[:-open_count], blocks[-open_count].first if len(blocks) >= open_count else 0


def _follow_code(blocks: Sequence[Block], text: str) -> Code | None:
    """Let an open fence be followed, and let it show only what is surely inside of it."""
    if not blocks or blocks[-1].kind != "fence":
        return None
    token, start = blocks[-1].tokens[0], _line_start(text, blocks[-1].first)
    body = text.find("\n", start) + 1
    if not token.meta.get("open") or not text.startswith(token.markup, start) or not body:
        return None
    follower = Code(token.markup)
    shown = follower(text[body:])
    if shown is None:
        return None
    token.content = f"{shown}\n"
    return follower


def _line_start(text: str, line: int) -> int:
    """Return where a line begins (the first is 0); the end of the text if it has fewer lines."""
    if line == 0:
        return 0
    found = next(islice(_LINE_END.finditer(text), line - 1, None), None)
    return found.end() if found else len(text)
