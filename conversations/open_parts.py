"""The parts of a reply in the making: what has come of each, and how it is drawn for those who watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.html import escape

from conversations import clock
from conversations.markdown import TELLING, Marks, Stream, Update, language_of
from conversations.models.parts import Kind
from conversations.tool_entries import Entry, Reading


class PlainStream:
    """Text shown as it was written (reasoning), with the interface of a markdown stream."""

    def __init__(self) -> None:
        self.sealed = ""
        self.tail = ""
        self._new: list[str] = []

    def feed(self, text: str) -> None:
        self._new.append(text)

    def update(self) -> Update:
        new = str(escape("".join(self._new)))
        self._new.clear()
        self.tail += new
        return Update(append=new)

    def close(self) -> Update:
        update = self.update()
        self.sealed, self.tail = self.tail, ""
        return update


class SourceList:
    """Sources, which are drawn by a template: what viewers are given is all complete lines so far, not HTML."""

    def __init__(self) -> None:
        self.sealed = ""
        self.tail = ""
        self._text = ""

    def feed(self, text: str) -> None:
        self._text += text

    def update(self) -> Update:
        complete = self._text[: self._text.rfind("\n") + 1]
        if complete == self.sealed:
            return Update()
        self.sealed = complete
        return Update(whole=complete)

    def close(self) -> Update:
        return self.update()


class CallList:
    """Calls of tools and what became of them, which are drawn by a template too: what is given is the text of whole
    entries, as it was written."""

    def __init__(self) -> None:
        self.sealed = ""
        self.tail = ""
        self._reading = Reading()
        self._entries: list[Entry] = []

    def feed(self, text: str) -> None:
        self._entries = self._reading.feed(text)

    def update(self) -> Update:
        new = "".join(entry.written() for entry in self._entries)
        self.tail += new
        return Update(append=new)

    def close(self) -> Update:
        update = self.update()
        self.sealed, self.tail = self.tail, ""
        return update


Drawn = Stream | PlainStream | SourceList | CallList
_STREAMS: dict[str, Callable[[], Drawn]] = {"text": Stream, "sources": SourceList, "tool": CallList}
BY_TEMPLATE = ("sources", "tool")


@dataclass(slots=True)
class OpenPart:
    """A part that grows; only the last part of a reply is open."""

    kind: Kind
    pieces: list[str] = field(default_factory=list)
    stream: Drawn | None = None
    rendered: int = 0
    is_sealed: bool = False
    is_drawn: bool = False
    beginning: str = ""
    language: str = ""
    began: float | None = None
    ended: float | None = None

    @property
    def seconds(self) -> float | None:
        """How long a reasoning has taken so far."""
        if self.began is None:
            return None
        return round((self.ended or clock.monotonic()) - self.began, 1)

    def advance(self, index: int, *, seal: bool) -> PartUpdate:
        is_new, self.is_drawn = not self.is_drawn, True
        stream = self._made()
        pieces = self.pieces[self.rendered :]
        self.rendered += len(pieces)
        text = "".join(pieces)
        stream.feed(text)
        self.is_sealed = seal
        has_turned = self._listen(text)
        update = stream.close() if seal else stream.update()
        return PartUpdate(index, self.kind, is_new, seal, update, text, self.language, has_turned, self.seconds)

    @property
    def html(self) -> str:
        """What is stored of it; what a template draws is drawn anew each time."""
        return self.stream.sealed if self.stream and self.kind not in BY_TEMPLATE else ""

    def learn(self, marks: Marks) -> bool:
        """Take the sources that are known; whether a part that was sealed without them must be drawn anew."""
        if self.kind != "text":
            return False
        stream = self._made()
        return isinstance(stream, Stream) and stream.know(marks) and self.is_sealed

    def _made(self) -> Drawn:
        self.stream = self.stream or _STREAMS.get(self.kind, PlainStream)()
        return self.stream

    def _listen(self, text: str) -> bool:
        """Whether its language is another than was thought before."""
        if self.kind in BY_TEMPLATE or len(self.beginning) >= TELLING:
            return False
        self.beginning += text[:TELLING]
        before, self.language = self.language, language_of(self.beginning)
        return self.language != before


@dataclass(frozen=True, slots=True)
class PartUpdate:
    """What a viewer must change in one part. `is_new`: the viewer does not have the part; `is_sealed`: it is whole.

    `text` is what came, as GLM wrote it; `has_turned`: the language is another than at the last update.
    """

    index: int
    kind: Kind
    is_new: bool
    is_sealed: bool
    update: Update
    text: str = ""
    language: str = ""
    has_turned: bool = False
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """A part as the updates so far have left it: what the next update fits on."""

    kind: Kind
    sealed: str
    tail: str
    is_sealed: bool
    language: str = ""
    seconds: float | None = None
