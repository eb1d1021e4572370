"""A reply as it is spoken to people who listen: sentence by sentence, while it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from conversations.markdown import CODE, FORMULA, Sentences
from conversations.open_parts import PartUpdate

from . import frames

REASONING, TOOL = "\x00reasoning", "\x00tool"
# What is not read out is named.
NAMES = {CODE: _("Code block."), FORMULA: _("Formula."), REASONING: _("Reasoning."), TOOL: _("A tool is called.")}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to say: a sentence, or one of NAMES."""

    words: str
    language: str = ""


class Speech:
    """Takes the updates of one reply. `text` is what was written before anybody listened: it is not said."""

    def __init__(self, text: str = "") -> None:
        self._sentences = Sentences()
        self._sentences.feed(text)

    def take(self, updates: Sequence[PartUpdate]) -> list[Said]:
        """What can be said now: the sentences that have ended, and that the model has begun to reason."""
        return [said for update in updates for said in self._of(update)]

    def _of(self, update: PartUpdate) -> Iterator[Said]:
        if update.kind == "text":
            sentences = self._sentences.feed(update.text)
            sentences += self._sentences.flush() if update.is_sealed else []
            yield from (Said(words, update.language) for words in sentences)
        elif update.is_new and not update.is_sealed:
            yield Said(REASONING if update.kind == "reasoning" else TOOL)


def frame(said: Sequence[Said]) -> str:
    """The same as a frame in the active language: what follows one another in one language is one announcement."""
    runs = groupby(said, key=lambda each: "" if each.words in NAMES else each.language or "und")
    return "".join(frames.say(" ".join(_words(each) for each in run), _tag(language)) for language, run in runs)


def _words(said: Said) -> str:
    return str(NAMES.get(said.words, said.words))


def _tag(language: str) -> str:
    return "" if language == "und" else language
