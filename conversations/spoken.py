"""Sentences that are told to a model in English and to people in their own language; pure."""

from __future__ import annotations

from typing import Any

LONGEST_VALUE = 1000
"""Characters of a value in a sentence."""


def gettext_noop(words: str) -> str:
    """Marks a sentence for translation where Django is not known; it is translated when somebody reads it."""
    return words


class Spoken(Exception):
    """An error with a sentence. `words` may have places, `%(name)s`, for the `values`; the text is both in English."""

    def __init__(self, words: str, **values: Any) -> None:
        self.words = words
        told = ((name, value if isinstance(value, int) else _cut(value)) for name, value in values.items())
        self.values: dict[str, Any] = dict(told)
        super().__init__(words % self.values if values else words)


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
