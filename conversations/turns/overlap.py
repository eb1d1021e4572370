"""A continued reply often begins with the words it was to go on from; they are shown once."""

LONGEST = 200
SHORTEST = 4


class Overlap:
    """Holds the first characters of a continuation until it is clear what of them repeats the end of `before`."""

    def __init__(self, before: str) -> None:
        self._before = before[-LONGEST:]
        self._held: str | None = "" if len(self._before) >= SHORTEST else None

    def feed(self, text: str) -> str:
        """The text that may be shown now."""
        if self._held is None:
            return text
        self._held += text
        if self._may_still_repeat(self._held) and len(self._held) < LONGEST:
            return ""
        return self.flush()

    def flush(self) -> str:
        """What was held, without the repeated words; afterwards nothing is held any more."""
        held, self._held = self._held or "", None
        return held[self._repeated(held) :]

    def _may_still_repeat(self, text: str) -> bool:
        """Whether `text` is the beginning of some end of what was written before."""
        at = self._before.find(text)
        return 0 <= at < len(self._before) - len(text)

    def _repeated(self, text: str) -> int:
        sizes = range(min(len(text), len(self._before)), SHORTEST - 1, -1)
        return next((size for size in sizes if self._before.endswith(text[:size])), 0)
