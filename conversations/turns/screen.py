"""Questions and replies against the organisation's word lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import structlog

from conversations import moderation, present, standing
from conversations.models import FlagSource, Message, Part, Turn
from conversations.models.parts import Kind
from conversations.moderation import Concern
from conversations.words import Hit, Lists, Watch

logger = structlog.get_logger(__name__)


class Piece(NamedTuple):
    """Something that waits; what is known was held against the lists already."""

    kind: Kind
    text: str
    is_known: bool = False


class Screen:
    """Stands between a writer and its log: gives on what may be shown, keeps what must wait.

    After a hit nothing goes on until `go_on`; a part that comes meanwhile waits behind it. What is only written later
    can be looked at when it comes, and is then `known`.
    """

    def __init__(self, lists: Lists, give: Callable[[Kind, str], None]) -> None:
        self._lists, self._give = lists, give
        self._watch: Watch | None = None
        self._kind: Kind = "text"
        self._ahead: list[Hit] = []
        self._behind: list[Piece] = []
        self._is_ending = False
        self.is_broken = False

    @property
    def hits(self) -> list[Hit]:
        return [*self._ahead, *(self._watch.hits if self._watch else ())]

    def look_ahead(self, text: str) -> None:
        """Hold a piece that is whole, and is written later, against the lists now."""
        if not self.is_broken:
            self._safely(lambda: self._ahead.extend(self._lists.check(text)))

    def add(self, kind: Kind, text: str, *, is_known: bool = False) -> None:
        if self.is_broken:
            self._give(kind, text)
        elif self.hits:
            self._behind.append(Piece(kind, text, is_known))
        else:
            piece = Piece(kind, text, is_known)
            self._safely(lambda: self._add(piece), piece)

    def flush(self) -> None:
        """A piece has come to its end: what was held back of it can become no hit any more."""
        if self._watch is not None and not self.hits:
            self._safely(self._flush)

    def end(self) -> None:
        """Nothing more will come."""
        self._is_ending = True
        self.flush()

    def go_on(self) -> None:
        """Somebody has decided that the hits do not stand in the way."""
        self._ahead = []
        if self._watch is not None:
            self._watch.go_on()
            self._safely(self._flush if self._behind or self._is_ending else lambda: self._feed(""))
        waiting, self._behind = self._behind, []
        for kind, text, is_known in waiting:
            self.add(kind, text, is_known=is_known)
        if self._is_ending:
            self.end()

    def kept(self) -> list[tuple[Kind, str]]:
        """What has come and was not given on."""
        held = [(self._kind, self._watch.held)] if self._watch and self._watch.held else []
        return [*held, *((kind, text) for kind, text, _ in self._behind)]

    def _add(self, piece: Piece) -> None:
        if piece.is_known or self._watch is None or piece.kind != self._kind:
            self._flush()
            if self.hits:
                self._behind.append(piece)
                return
            self._watch, self._kind = None if piece.is_known else Watch(self._lists), piece.kind
        if self._watch is None:
            self._give(piece.kind, piece.text)
        self._feed(piece.text)

    def _feed(self, text: str) -> None:
        if self._watch is not None and (given := self._watch.feed(text)):
            self._give(self._kind, given)

    def _flush(self) -> None:
        if self._watch is not None and (given := self._watch.flush()):
            self._give(self._kind, given)

    def _safely(self, look: Callable[[], None], piece: Piece | None = None) -> None:
        """A check that fails must not lose the reply; that it could not finish is told in the end."""
        before = self._watch.held if self._watch else ""
        try:
            look()
        except Exception:
            logger.exception("a check against word lists could not finish")
            self.is_broken, kind = True, self._kind
            self._watch = None
            for each in filter(None, [Piece(kind, before) if before else None, piece, *self._behind]):
                self._give(each.kind, each.text)
            self._ahead, self._behind = [], []


def of_question(question: Message) -> tuple[Concern, ...]:
    """What the lists say to a question; nothing to one that a person has released, or that is marked already."""
    policy = standing.current()
    if policy.questions is None and policy.is_whole:
        return ()
    if question.role != "user" or question.released_at is not None or question.is_marked:
        return ()
    return _checked(policy.questions, [present.prompt_text(question)], "user", is_whole=policy.is_whole)


def of_instructions(text: str) -> tuple[Concern, ...]:
    """What they say to the instructions of a conversation; those are never marked, only accepted or not."""
    policy = standing.current()
    if not text or policy.questions is None:
        return ()
    return _checked(policy.questions, [text], "user", is_whole=True)


def of_parts(parts: Iterable[Part], lists: Lists | None) -> tuple[Concern, ...]:
    """The same of a reply that has ended, against lists that came while it was written."""
    return _checked(lists, [part.text for part in parts], "assistant", is_whole=True)


def concerns_of(hits: Iterable[Hit], role: str) -> tuple[Concern, ...]:
    """One for each list, which tells where its first entry was found."""
    found = sorted(hits, key=lambda hit: (hit.source.name, hit.start))
    return tuple(_concern(list(of_list), role) for _, of_list in groupby(found, attrgetter("source")))


def unchecked(role: str) -> Concern:
    return Concern(FlagSource.UNCHECKED, role)


def withdraws(turn_id: int, concerns: Iterable[Concern]) -> bool:
    """Whether one of these takes the text out of sight, for the person of the turn."""
    turn = Turn.objects.select_related("person").filter(pk=turn_id).first()
    return turn is None or moderation.withdraws(tuple(concerns), turn.person)


def _checked(lists: Lists | None, texts: Iterable[str], role: str, *, is_whole: bool) -> tuple[Concern, ...]:
    missing = () if is_whole else (unchecked(role),)
    try:
        hits = [hit for text in texts for hit in lists.check(text)] if lists else []
    except Exception:
        logger.exception("a check against word lists could not finish")
        return (unchecked(role),)
    return (*concerns_of(hits, role), *missing)


def _concern(hits: list[Hit], role: str) -> Concern:
    first = hits[0]
    detail = {
        "list": first.source.name,
        "version": first.source.version,
        "entry": first.entry,
        "start": first.start,
        "end": first.end,
        "count": len(hits),
    }
    return Concern(FlagSource.WORD_LIST, role, first.source.level, detail=detail)
