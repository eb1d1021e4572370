"""Writes one reply: joins GLM's deltas into the turn's log and knows what the database has of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from conversations import clock
from conversations.glm import (
    Event,
    Finish,
    Finished,
    ReasoningDelta,
    Restarted,
    Source,
    SourcesFound,
    TextDelta,
    ToolUsed,
)
from conversations.models import Part, sources
from conversations.models.parts import Kind
from conversations.models.sources import AskedBase, Numbered
from conversations.present import OpenText
from conversations.tool_entries import Entry
from conversations.turn_log import TurnLog
from conversations.words import Lists

from . import hosted_uses
from .leaks import Functions, Leaks
from .overlap import Overlap
from .screen import Screen

# A reply that ended by itself has brought all the sources that it will bring.
WHOLE = (Finish.STOP, Finish.LENGTH, Finish.CONTEXT_FULL)
# And of these the model has said itself that it has come to its end.
CALLING = (Finish.STOP, Finish.TOOL_CALLS)


class Writer:
    """`saved_seq` and `saved_at` describe the last checkpoint. With `lists` everything passes a screen on its way. When
    it `searches`, a reply without sources says so; where GLM was to look into the knowledge base named `base`, it says
    that."""

    def __init__(
        self, log: TurnLog, before: str = "", lists: Lists | None = None, *, searches: bool = False, base: str = ""
    ) -> None:
        self.log = log
        self._lists = lists
        self.screen = self._new_screen()
        self.saved_seq = 0
        self.saved_at = clock.monotonic()
        self._before = before
        self._overlap = Overlap(before)
        self.leaks = Leaks()
        self._searches, self._base = searches, base
        self._sources: dict[Source, int] = {}
        self._untold: list[Source] = []
        self._last: Kind | None = None
        self._finish: Finish | None = None
        self._shown_from = log.seq
        self._earlier: tuple[Part, ...] = ()
        self._earlier_sources: dict[Source, int] = {}

    @property
    def reasoning_seconds(self) -> float | None:
        """How long the model has reasoned in all; None when it has not."""
        spent = [part.seconds for part in self.parts() if part.seconds is not None]
        return sum(spent) if spent else None

    @property
    def has_shown(self) -> bool:
        """Whether a viewer may have seen anything of this round."""
        return self.log.seq > self._shown_from

    def take(self, events: Sequence[Event]) -> None:
        """Join the events of one read, append them and tell the viewers."""
        text: list[str] = []
        reasoning: list[str] = []
        for event in events:
            if type(event) is TextDelta:
                text.append(event.text)
            elif type(event) is ReasoningDelta:
                self._flush_text(text)
                reasoning.append(event.text)
            elif type(event) is Restarted:
                text, reasoning = [], []
                self._restart()
            elif type(event) is Finished:
                self._finish = event.finish
            elif type(event) in (SourcesFound, ToolUsed):
                self._flush_reasoning(reasoning)
                self._flush_text(text)
                self._take_beside(event)
            if text and reasoning:
                self._flush_reasoning(reasoning)
        self._flush_reasoning(reasoning)
        self._flush_text(text)
        self._finish_text()
        self.log.announce()

    def listen_for(self, functions: Functions) -> None:
        """The request that is made now offers these: a call that is written into the text is none of it."""
        self.leaks = Leaks(functions)

    def _take_beside(self, event: Event) -> None:
        if type(event) is SourcesFound:
            self._hear(event.sources)
            if self._last is None:
                self._tell_sources()
        elif type(event) is ToolUsed:
            self._note(hosted_uses.entries(event))

    def begin_again(self) -> None:
        """Another attempt is made: what the last one left held back, unseen, is void."""
        self._overlap, self.leaks = Overlap(self._before), self.leaks.anew()
        self.screen = self._new_screen()
        self._untold, self._finish = [], None

    def begin_round(self) -> None:
        """What is written so far stands, whatever becomes of the request that follows."""
        self._before = ""
        self.begin_again()
        self._shown_from = self.log.seq
        self._earlier, self._earlier_sources = self.parts(), dict(self._sources)

    def go_on_from(self, text: OpenText) -> None:
        """Begin with what was written before the turn waited."""
        self.log.go_on_from(text.parts, text.seq)
        told = (each for part in text.parts if part.kind == "sources" for each in sources.read(part.text))
        self._sources = {each.source: each.number for each in told}

    def note_tools(self, entries: Iterable[Entry], found: Iterable[Source] = ()) -> None:
        """Calls, or what became of them, with the pages that they `found`."""
        self._note(entries)
        self._hear(found)
        self._tell_sources()
        self.log.announce()

    def _note(self, entries: Iterable[Entry]) -> None:
        self._append_text(self._overlap.flush())
        self.log.stop_clock()
        for entry in entries:
            self._append("tool", entry.written())
        if self.screen is not None:
            self.screen.flush()  # an entry is whole: nothing that follows makes a word of its end

    def end(self) -> None:
        """Nothing more will come: what was held back is text after all, unless it is on a list."""
        self._append_text(self._overlap.feed(self.leaks.flush(may_call=False)))
        self._append_text(self._overlap.flush())
        self._tell_sources()
        if self._base and self._finish in WHOLE:
            self._append("sources", AskedBase(self._base, bool(self._sources)).written)
            self._base = ""
        elif self._searches and not self._sources and self._finish in WHOLE:
            self.log.append("sources", "")
            self._searches = False
        if self.screen is not None:
            self.screen.end()
        self.log.stop_clock()

    def parts(self) -> tuple[Part, ...]:
        return self.log.text().parts

    def all_parts(self) -> tuple[Part, ...]:
        """With what was kept back: nobody but reviewers may see it."""
        parts = list(self.parts())
        for kind, text in self.screen.kept() if self.screen else ():
            if parts and parts[-1].kind == kind:
                parts[-1] = replace(parts[-1], text=parts[-1].text + text)
            else:
                parts.append(Part(kind, text))
        return tuple(parts)

    def _flush_reasoning(self, pieces: list[str]) -> None:
        if pieces:
            self._append("reasoning", "".join(pieces))
            pieces.clear()

    def _flush_text(self, pieces: list[str]) -> None:
        if pieces:
            self.log.stop_clock()
            self._append_text(self._overlap.feed(self.leaks.feed("".join(pieces))))
            pieces.clear()

    def _finish_text(self) -> None:
        """Once GLM has ended the reply, what might have become a call is one, or text."""
        if self._finish is not None:
            self._append_text(self._overlap.feed(self.leaks.flush(may_call=self._finish in CALLING)))

    def _append_text(self, text: str) -> None:
        if text:
            if self._last != "text":
                self._tell_sources()
            self._append("text", text)

    def _hear(self, found: Iterable[Source]) -> None:
        """Sources are held against word lists when they come, however long they wait for their place."""
        new = [each for each in dict.fromkeys(found) if each not in self._sources and each not in self._untold]
        self._untold += new
        if new and self.screen is not None:
            self.screen.look_ahead(sources.written(Numbered(0, each) for each in new))

    def _tell_sources(self) -> None:
        """Never inside a text or a thought, which they would cut in two: at once when they come first, else before the
        first word of the text, or after its last."""
        new, self._untold = self._untold, []
        first = len(self._sources) + 1
        self._sources |= {source: number for number, source in enumerate(new, first)}
        if new:
            told = sources.written(Numbered(self._sources[each], each) for each in new)
            self._append("sources", told, is_known=True)

    def _append(self, kind: Kind, text: str, *, is_known: bool = False) -> None:
        self._last = kind
        if self.screen is None:
            self.log.append(kind, text)
        else:
            self.screen.add(kind, text, is_known=is_known)

    def _new_screen(self) -> Screen | None:
        return Screen(self._lists, self.log.append) if self._lists else None

    def _restart(self) -> None:
        self.begin_again()
        self._sources, self._last = dict(self._earlier_sources), None
        self.log.restart()
        for part in self._earlier:
            self.log.append(part.kind, part.text)
            self.log.set_clock(part.seconds)
