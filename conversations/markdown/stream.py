"""A reply that is rendered while it grows: sealed blocks are sent once, only the open tail changes."""

from .blocks import render
from .bounds import Extent
from .growing import Growing
from .marks import Marks, may_hold_marks
from .surplus import Surplus
from .text import Intake
from .updates import Update


class Stream:
    """Renders a text that comes in pieces, at a cost that follows updates and new text, not the length so far.

    Feed as often as pieces come, ask for an update once a frame, close at the end. Then `sealed` equals
    `render(text, marks)` byte for byte. One thread at a time.
    """

    def __init__(self) -> None:
        self._intake = Intake()
        self._taken: list[str] = []
        self._sealed: list[str] = []
        self._markdown = Growing()
        self._surplus: Surplus | None = None
        self._extent = Extent()
        self._marks: Marks | None = None
        self._has_marks_before = False
        self._is_closed = False

    @property
    def sealed(self) -> str:
        """The HTML of all blocks that are final."""
        if len(self._sealed) > 1:
            self._sealed = ["".join(self._sealed)]
        return self._sealed[0] if self._sealed else ""

    @property
    def tail(self) -> str:
        """The HTML of the open tail as viewers have it after the last update."""
        return self._part.view.html

    def know(self, marks: Marks) -> bool:
        """Take the sources that are known by now. Says whether marks may have been written before: they become links
        when the text is closed, or closed once more."""
        if marks != self._marks:
            self._marks = marks
            self._markdown.know(marks)
            self._has_marks_before = self._has_marks_before or may_hold_marks("".join(self._taken))
        return self._has_marks_before

    def feed(self, text: str) -> None:
        """Take a piece of the text; nothing is parsed."""
        self._intake.feed(text)

    def update(self) -> Update:
        """Return what the text that has come since the last update changes."""
        return self._advance(self._intake.take())

    def close(self) -> Update:
        """Seal everything; after that only sources that came late are left to do."""
        if self._is_closed:
            return Update(whole=self._changed_whole() if self._has_marks_before else None)
        self._is_closed = True
        had_tail = bool(self.tail)
        last = self._advance(self._intake.take(last=True))
        rest = self._part.finish()
        self._sealed.append(rest)
        return Update(sealed=last.sealed + rest, tail="" if had_tail else None, whole=self._changed_whole())

    @property
    def _part(self) -> Growing | Surplus:
        return self._surplus or self._markdown

    def _advance(self, new: str) -> Update:
        if not new:
            return Update()
        self._taken.append(new)
        update = self._surplus.grow(new) if self._surplus else self._advance_markdown(new)
        if update.sealed:
            self._sealed.append(update.sealed)
        return update

    def _advance_markdown(self, new: str) -> Update:
        markdown, plain = self._extent.split(new)
        update = self._markdown.grow(markdown)
        if not self._extent.is_over:
            return update
        rest = self._markdown.finish()
        self._surplus = Surplus()
        first = self._surplus.grow(plain)
        return Update(sealed=update.sealed + rest + first.sealed, tail=self._surplus.view.html)

    def _changed_whole(self) -> str | None:
        """Render the text anew if it has definitions or sources that came after their use; None if that changes
        nothing."""
        if not (self._markdown.needs_whole or self._has_marks_before):
            return None
        self._has_marks_before = False
        whole = render("".join(self._taken), self._marks)
        if whole == self.sealed:
            return None
        self._sealed = [whole]
        return whole
