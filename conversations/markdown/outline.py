"""The outline of a text: which level its headings have on the page."""

FIRST, LAST = 3, 6
"""Headings of a message stand below the page's own two levels."""


class Outline:
    """Places headings one after another. The first is of the first level, and no level is left out on the way down."""

    def __init__(self, above: tuple[int, ...] = ()) -> None:
        self._above = above

    def place(self, signs: int) -> int:
        """Return the level of a heading that was written with so many signs."""
        self._above = (*(level for level in self._above if level < signs), signs)
        return min(FIRST + len(self._above) - 1, LAST)

    def for_tail(self) -> "Outline":
        """Return a copy: the open tail is drawn many times, each time from the same heading on."""
        return Outline(self._above)
