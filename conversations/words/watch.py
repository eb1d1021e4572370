"""A growing text against lists: what may be shown goes on, what could become a hit is held back for a moment."""

from __future__ import annotations

from .fold import Folded, fold, may_combine
from .lists import Hit, Lists, Match

MOST_HELD = 64  # characters


class Watch:
    """Feeds and flushes, without I/O. After a hit nothing is given out until `go_on`: somebody must decide first."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._tail = ""  # folded, given out already: a match may have begun there
        self._is_cut = False
        self._given = 0
        self._known: set[tuple[str, int, int]] = set()
        self.held = ""
        self.hits: list[Hit] = []

    def feed(self, text: str) -> str:
        """What may be shown now."""
        return self._look(self.held + text, is_final=False)

    def flush(self) -> str:
        """Nothing more will come: the rest, unless there is a hit in it."""
        return self._look(self.held, is_final=True)

    def go_on(self) -> None:
        """The hits so far do not stand in the way."""
        self.hits = []

    def _look(self, text: str, *, is_final: bool) -> str:
        folded = fold(text, after_space=self._tail[-1:] == " ")
        hay = self._tail + folded.text
        if found := self._lists.find(hay, len(self._tail), is_cut=self._is_cut, is_final=is_final):
            self._take(found, text, folded)
        if self.hits:
            self.held = text
            return ""
        place = len(folded.text) if is_final else self._open_from(text, folded)
        cut = len(text) if is_final else folded.start(place, len(text))
        self._keep_tail(hay[: len(self._tail) + place])
        self._given += cut
        self.held = text[cut:]
        return text[:cut]

    def _take(self, found: list[Match], text: str, folded: Folded) -> None:
        before = len(self._tail)
        for source, entry, start, end in found:
            # What was given out is only known folded: places there are near enough.
            began = folded.start(start - before, len(text)) if start >= before else start - before
            hit = Hit(source, entry, max(0, self._given + began), self._given + folded.start(end - before, len(text)))
            if (key := (source.name, entry, hit.start)) not in self._known:
                self._known.add(key)
                self.hits.append(hit)

    def _open_from(self, text: str, folded: Folded) -> int:
        """From where on the folded text must wait, at most `MOST_HELD` characters of it."""
        place = length = len(folded.text)
        if text and may_combine(text[-1]):
            place -= 1
        earliest = max(0, length - MOST_HELD)
        if self._lists.has_expressions:
            place = min(place, earliest)
        if self._lists.longest:
            place = min(place, self._lists.open_from(folded.text, earliest))
        return folded.whole(place)

    def _keep_tail(self, given: str) -> None:
        most = self._lists.looks_back
        if len(given) > most:
            self._is_cut = True
            given = given[-most:]
        self._tail = given
