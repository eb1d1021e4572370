"""How much of a text is treated as Markdown, so that no input takes longer than a few seconds.

All bounds are counted from the beginning of the text. A text that is cut into blocks while it grows therefore
meets them at the same places as the finished text.
"""

import re
from dataclasses import dataclass
from itertools import islice

MARKDOWN_CHARACTERS = 500_000
MARKDOWN_COUNTS = {"\n": 20_000, "|": 40_000}
"""Beyond so many characters, lines or bars of tables, each line is shown as a paragraph of plain text."""

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
"""Longer code is shown without its syntax."""


@dataclass(slots=True)
class Budget:
    """What one document may still spend on costly markup; used up in the order of the text."""

    marks: int = 60_000
    """Characters that may be inline markup (about 10 to 20 µs each); then paragraphs show their source."""
    formulas: int = 60_000
    """Characters of formulas (up to 50 µs each), and for each formula as much as 20; then they show their source."""
    highlighted: int = 250_000
    """Characters of code (about 0.5 µs each); then it shows no syntax."""

    def spend_marks(self, count: int) -> bool:
        """Say whether `count` more marks may be parsed."""
        self.marks -= count
        return self.marks >= 0

    def spend_formula(self, characters: int) -> bool:
        """Say whether one more formula of this length may become MathML."""
        self.formulas -= characters + 20
        return self.formulas >= 0

    def spend_highlighting(self, characters: int) -> bool:
        """Say whether so much more code may be highlighted."""
        self.highlighted -= characters
        return self.highlighted >= 0

    def for_tail(self) -> "Budget":
        """Return a smaller copy: the open tail is drawn many times, a sealed block once."""
        return Budget(min(self.marks, 4_000), min(self.formulas, 8_000), min(self.highlighted, 50_000))


class Extent:
    """How far into a text its Markdown goes; given the text piece by piece, it ends at the same character."""

    __slots__ = ("_characters", "_counts")

    def __init__(self) -> None:
        self._characters = MARKDOWN_CHARACTERS
        self._counts = dict(MARKDOWN_COUNTS)

    @property
    def is_over(self) -> bool:
        """Say whether no more Markdown comes."""
        return not self._characters or not all(self._counts.values())

    def split(self, text: str) -> tuple[str, str]:
        """Divide the next piece into what is still Markdown and the surplus."""
        if self.is_over:
            return "", text
        end = min(len(text), self._characters)
        for character, left in self._counts.items():
            if text.count(character, 0, end) >= left:
                end = next(islice(re.finditer(re.escape(character), text), left - 1, None)).end()
        markdown = text[:end]
        self._characters -= end
        self._counts = {character: left - markdown.count(character) for character, left in self._counts.items()}
        return markdown, text[end:]
