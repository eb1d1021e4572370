"""The part of a growing reply beyond the bounds of Markdown: each line a paragraph of plain text."""

from .blocks import paragraph, paragraphs
from .text import escape
from .updates import Update, View


class Surplus:
    """Takes plain text that comes in pieces; complete lines are sealed. `view` is the open line."""

    def __init__(self) -> None:
        self.view = View()
        self._line: list[str] = []

    def grow(self, new: str) -> Update:
        """Take new text and return what changes."""
        complete, line_end, rest = new.rpartition("\n")
        if not line_end and self.view.head:
            self._line.append(new)
            return self.view.append(escape(new))
        sealed = paragraphs("".join([*self._line, complete])) if line_end else ""
        self._line = [rest] if line_end else [*self._line, rest]
        before, html = self.view.html, self._paragraph()
        self.view = View.of(html)
        return Update(sealed=sealed, tail=None if html == before else html)

    def finish(self) -> str:
        """Return the HTML of the open line: no more text comes."""
        self.view = View()
        return self._paragraph()

    def _paragraph(self) -> str:
        line = "".join(self._line)
        return paragraph(line) if line.strip() else ""
