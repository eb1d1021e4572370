"""How much of a text is treated as Markdown, so that no input takes longer than a few seconds.

All bounds are counted from the beginning of the text. A text that is cut into blocks while it grows therefore
meets them at the same places as the finished text.
"""

from dataclasses import dataclass

MARKDOWN_CHARACTERS = 500_000
MARKDOWN_LINES = 20_000
"""Beyond these, each line is shown as a paragraph of plain text."""

CONTAINER_LEVEL = 12
"""Quotes and lists nest up to this token level (a quote is one level, a list two); deeper markers are text."""

INLINE_NESTING = 20
"""Links and images within brackets are looked for this deep: label search costs this factor per bracket."""

EMPHASIS_DEPTH = 24
"""Emphasis within emphasis; deeper marks are dropped, their text stays."""

INLINE_MATHS = 1_000
DISPLAY_MATHS = 4_000
DISPLAY_MATHS_LINES = 200
"""A formula is closed within so many characters (and lines), or its opening mark is text."""

CODE_CHARACTERS = 50_000
CODE_LINE = 2_000
"""Code that is longer, or has a longer line, is shown without highlighting."""


@dataclass(slots=True)
class Budget:
    """What one document may still spend on costly markup; used up in the order of the text."""

    marks: int = 60_000
    """Characters that may start inline markup (about 20 µs each); then paragraphs show their source."""
    formulas: int = 3_000
    highlighted: int = 250_000

    def spend_marks(self, count: int) -> bool:
        """Say whether `count` more marks may be parsed."""
        self.marks -= count
        return self.marks >= 0

    def spend_formula(self) -> bool:
        """Say whether one more formula may become MathML."""
        self.formulas -= 1
        return self.formulas >= 0

    def spend_highlighting(self, characters: int) -> bool:
        """Say whether so much more code may be highlighted."""
        self.highlighted -= characters
        return self.highlighted >= 0

    def for_tail(self) -> "Budget":
        """Return a smaller copy: the open tail is drawn many times, a sealed block once."""
        return Budget(min(self.marks, 4_000), min(self.formulas, 200), min(self.highlighted, 50_000))
