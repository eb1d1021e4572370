"""One numbered log per turn: the text of a reply while it is being made, and the rendering its viewers share.

The writer appends, and every append gets the next number. In one process the log *is* the growing text; a viewer that
comes late takes a snapshot. Everything here happens on the event loop, but `text()`, which any thread may call.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from conversations import clock
from conversations.db import in_pool
from conversations.markdown import Marks
from conversations.models.parts import Kind, Part
from conversations.open_parts import OpenPart, PartUpdate, RenderedPart
from conversations.present import OpenText, marks_of

# Above this many characters a rendering may hold up the loop for longer than a frame: it goes to a thread.
RENDERED_INLINE = 4096

# Replies that are written at the same time: up to so many are a few, and so many times as many a crowd.
FEW = 20
CROWDED = 2

# None instead of updates: GLM began its answer anew, and everything shown so far is void.
Watcher = Callable[[Sequence[PartUpdate] | None], None]


class TurnLog:
    """The log of one turn, kept in memory. `seq` counts appends since the turn began."""

    def __init__(self, turn: uuid.UUID, reply: uuid.UUID, owner: uuid.UUID) -> None:
        self.turn, self.reply, self.owner = turn, reply, owner
        self.began = clock.monotonic()
        self.seq = 0
        self.size = 0
        self._parts: list[OpenPart] = []
        self._watchers: set[Watcher] = set()
        self._rendering: asyncio.Task[None] | None = None
        self._marks: tuple[str, Marks | None] = ("", None)
        self._is_finished = False

    def append(self, kind: Kind, text: str) -> None:
        if not self._parts or self._parts[-1].kind != kind:
            self.stop_clock()
            self._parts.append(OpenPart(kind, began=clock.monotonic() if kind == "reasoning" else None))
        self._parts[-1].pieces.append(text)
        self.size += len(text)
        self.seq += 1

    def stop_clock(self) -> None:
        """A reasoning that stands last has come to its end."""
        if self._parts and self._parts[-1].began is not None and self._parts[-1].ended is None:
            self._parts[-1].ended = clock.monotonic()

    def set_clock(self, seconds: float | None) -> None:
        """The part that stands last took so long, and is over; None for one that has no time."""
        if seconds is not None:
            self._parts[-1].ended = clock.monotonic()
            self._parts[-1].began = clock.monotonic() - seconds

    def go_on_from(self, parts: Sequence[Part], seq: int) -> None:
        """Begin with what the turn had written before it waited: all who follow it have that, or find it stored."""
        for part in parts:
            ended = clock.monotonic() if part.seconds is not None else None
            began = None if ended is None else ended - (part.seconds or 0)
            self._parts.append(OpenPart(part.kind, [part.text], began=began, ended=ended))
            self.size += len(part.text)
        self.seq = seq

    def restart(self) -> None:
        """Everything so far is void: GLM began its answer anew."""
        self._parts = []
        self.size = 0
        self.seq += 1
        for watcher in tuple(self._watchers):
            watcher(None)

    def text(self) -> OpenText:
        """The text so far, and a number that it covers at least."""
        seq = self.seq
        parts = tuple(self._parts)
        return OpenText(tuple(Part(part.kind, "".join(part.pieces), seconds=part.seconds) for part in parts), seq)

    def shown_text(self) -> str:
        """The text, without the reasoning, that viewers have been given."""
        return "".join(piece for part in self._parts if part.kind == "text" for piece in part.pieces[: part.rendered])

    def announce(self) -> None:
        """Render what is new for the viewers, if there are any, and hand it to them."""
        if not self._watchers or self._rendering is not None:
            return
        if self._unrendered() > RENDERED_INLINE:
            self._rendering = asyncio.get_running_loop().create_task(self._render_aside())
        else:
            self._deliver(self._updates(self._parts))

    async def finish(self) -> list[str]:
        """Seal every part, hand the rest to the viewers, and return one HTML string a part."""
        await self._settled()
        self._is_finished = True
        if self._unrendered() > RENDERED_INLINE:
            # As a rendering that others wait for: who begins to watch meanwhile must not get its updates twice.
            self._rendering = asyncio.get_running_loop().create_task(self._render_aside())
            await self._settled()
        else:
            self._deliver(self._updates(self._parts))
        return [part.html for part in self._parts]

    async def is_seen_whole(self) -> bool:
        """Whether its viewers have all of it, now that its turn has ended. Who writes a log has shown it to its end."""
        return True

    async def watch(self, watcher: Watcher) -> list[RenderedPart]:
        """From now on call `watcher` with every update; returns the state that the first one fits on."""
        await self._settled()
        self._watchers.add(watcher)
        rendered = [(part, part.stream) for part in self._parts]
        return [
            RenderedPart(part.kind, stream.sealed, stream.tail, part.is_sealed, part.language, part.seconds)
            for part, stream in rendered
            if stream is not None
        ]

    def unwatch(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)

    async def _settled(self) -> None:
        while self._rendering is not None:
            await self._rendering

    async def _render_aside(self) -> None:
        parts = self._parts
        try:
            updates = await in_pool("render", partial(self._updates, parts))
        finally:
            self._rendering = None
        if parts is self._parts:  # else GLM began anew meanwhile
            self._deliver(updates)
        self.announce()

    def _deliver(self, updates: Sequence[PartUpdate]) -> None:
        if updates:
            for watcher in tuple(self._watchers):
                watcher(updates)

    def _unrendered(self) -> int:
        return sum(len(piece) for part in self._parts for piece in part.pieces[part.rendered :])

    def _updates(self, parts: list[OpenPart]) -> list[PartUpdate]:
        last = len(parts) - 1
        outdated = self._teach(parts)
        return [
            part.advance(index, seal=self._is_finished or index < last)
            for index, part in enumerate(parts)
            if (not part.is_sealed and (part.rendered < len(part.pieces) or index < last or self._is_finished))
            or index in outdated
        ]

    def _teach(self, parts: list[OpenPart]) -> set[int]:
        """Tell the texts of the sources that have come; gives those that were sealed without them."""
        told = "".join(piece for part in parts if part.kind == "sources" for piece in part.pieces)
        if told != self._marks[0]:
            self._marks = told, marks_of(self.reply, [told])
        marks = self._marks[1] if told else None
        return {index for index, part in enumerate(parts) if part.learn(marks)} if marks else set()


class Shelf(Protocol):
    """Where logs stand for those who did not write them: processes that show a reply, and the one that reaps it."""

    is_cut: bool

    def begin(self, turn: uuid.UUID, reply: uuid.UUID, owner: uuid.UUID) -> TurnLog:
        """A log that this process writes."""

    def stored(self, log: TurnLog, seq: int) -> None:
        """The database has the text up to `seq`."""

    def ended(self, log: TurnLog) -> None:
        """The database has the whole reply."""

    async def follow(self, turn: uuid.UUID) -> TurnLog | None:
        """The log of a turn that another process runs."""

    def followed(self) -> Iterable[TurnLog]:
        """All such logs that are read here now."""

    def rescue(self, turn: uuid.UUID, stored: OpenText) -> OpenText:
        """What a process that died has left beyond what the database has."""

    async def close(self) -> None:
        """Nothing is written or read any more."""


class Memory:
    """The shelf of a process that is the only one: what it has written itself is all there is."""

    is_cut = False

    def begin(self, turn: uuid.UUID, reply: uuid.UUID, owner: uuid.UUID) -> TurnLog:
        return TurnLog(turn, reply, owner)

    def stored(self, log: TurnLog, seq: int) -> None:
        pass

    def ended(self, log: TurnLog) -> None:
        pass

    async def follow(self, turn: uuid.UUID) -> TurnLog | None:
        return None

    def followed(self) -> Iterable[TurnLog]:
        return ()

    def rescue(self, turn: uuid.UUID, stored: OpenText) -> OpenText:
        return stored

    async def close(self) -> None:
        pass


@cache
def shelf() -> Shelf:
    """By its name, so that a process that is alone loads nothing of Redis."""
    if not settings.REDIS_URL:
        return Memory()
    streams: Callable[[str, str], Shelf] = import_string("conversations.turn_streams.Streams")
    return streams(settings.REDIS_URL, settings.CHATSITE_REDIS_PREFIX)


_logs: dict[uuid.UUID, TurnLog] = {}


def begin(turn: uuid.UUID, reply: uuid.UUID, owner: uuid.UUID) -> TurnLog:
    """The log of a turn that this process runs from now on."""
    log = _logs[turn] = shelf().begin(turn, reply, owner)
    return log


def crowding(replies: int) -> float:
    """How many times as long as set the interval between two frames of a reply is, while a process writes so many."""
    return min(max(replies / FEW, 1), CROWDED)


def written_count() -> int:
    """How many replies this process writes."""
    return len(_logs)


def find(turn: uuid.UUID) -> TurnLog | None:
    """The log of a turn that this process runs."""
    return _logs.get(turn)


def drop(turn: uuid.UUID) -> None:
    """Forget a log whose text is stored."""
    if (log := _logs.pop(turn, None)) is not None:
        shelf().ended(log)


async def follow(turn: uuid.UUID) -> TurnLog | None:
    """The log of a running turn, whichever process runs it."""
    if (log := _logs.get(turn)) is not None:
        return log
    followed = await shelf().follow(turn)
    return _logs.get(turn) or followed  # meanwhile it may have begun here


def rescue(turn: uuid.UUID, stored: OpenText) -> OpenText:
    """The longest text that is known of a turn whose process fell silent; any thread may ask."""
    log = _logs.get(turn)
    return log.text() if log is not None and log.seq > stored.seq else shelf().rescue(turn, stored)


class OpenTexts(Mapping[uuid.UUID, OpenText]):
    """The open replies known here by message code. A text is put together when it is looked at: a page shows
    one of them, and there may be hundreds."""

    def __init__(self, logs: Iterable[TurnLog]) -> None:
        self._logs = {log.reply: log for log in logs}

    def __getitem__(self, reply: uuid.UUID) -> OpenText:
        return self._logs[reply].text()

    def __iter__(self) -> Iterator[uuid.UUID]:
        return iter(self._logs)

    def __len__(self) -> int:
        return len(self._logs)


def texts() -> OpenTexts:
    """The open replies that this process writes or follows, for drawing a page."""
    return OpenTexts((*shelf().followed(), *_logs.values()))
