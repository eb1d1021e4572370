"""One numbered log per turn: the text of a reply while it is being made, and the rendering its viewers share.

The writer appends, and every append gets the next number. In one process the log *is* the growing text; a viewer that
comes late takes a snapshot. Everything here happens on the event loop, but `text()`, which any thread may call.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.utils.html import escape

from conversations.db import in_pool
from conversations.markdown import Stream, Update
from conversations.models.parts import Kind, Part
from conversations.present import OpenText

# Above this many characters a rendering may hold up the loop for longer than a frame: it goes to a thread.
RENDERED_INLINE = 4096


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


@dataclass(slots=True)
class OpenPart:
    """A part that grows; only the last part of a reply is open."""

    kind: Kind
    pieces: list[str] = field(default_factory=list)
    stream: Stream | PlainStream | None = None
    rendered: int = 0
    is_sealed: bool = False

    def advance(self, index: int, *, seal: bool) -> PartUpdate:
        is_new = self.stream is None
        stream = self.stream = self.stream or (Stream() if self.kind == "text" else PlainStream())
        pieces = self.pieces[self.rendered :]
        self.rendered += len(pieces)
        stream.feed("".join(pieces))
        self.is_sealed = seal
        return PartUpdate(index, self.kind, is_new, seal, stream.close() if seal else stream.update())


@dataclass(frozen=True, slots=True)
class PartUpdate:
    """What a viewer must change in one part. `is_new`: the viewer does not have the part; `is_sealed`: it is whole."""

    index: int
    kind: Kind
    is_new: bool
    is_sealed: bool
    update: Update


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """A part as the updates so far have left it: what the next update fits on."""

    kind: Kind
    sealed: str
    tail: str
    is_sealed: bool


# None instead of updates: GLM began its answer anew, and everything shown so far is void.
Watcher = Callable[[Sequence[PartUpdate] | None], None]


class TurnLog:
    """The log of one turn, kept in memory. `seq` counts appends since the turn began."""

    def __init__(self, turn: uuid.UUID, reply: uuid.UUID, owner: uuid.UUID) -> None:
        self.turn, self.reply, self.owner = turn, reply, owner
        self.seq = 0
        self.size = 0
        self._parts: list[OpenPart] = []
        self._watchers: set[Watcher] = set()
        self._rendering: asyncio.Task[None] | None = None
        self._is_finished = False

    def append(self, kind: Kind, text: str) -> None:
        if not self._parts or self._parts[-1].kind != kind:
            self._parts.append(OpenPart(kind))
        self._parts[-1].pieces.append(text)
        self.size += len(text)
        self.seq += 1

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
        return OpenText(tuple(Part(part.kind, "".join(part.pieces)) for part in tuple(self._parts)), seq)

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
        return [part.stream.sealed if part.stream else "" for part in self._parts]

    async def watch(self, watcher: Watcher) -> list[RenderedPart]:
        """From now on call `watcher` with every update; returns the state that the first one fits on."""
        await self._settled()
        self._watchers.add(watcher)
        rendered = [(part, part.stream) for part in self._parts]
        return [RenderedPart(p.kind, s.sealed, s.tail, p.is_sealed) for p, s in rendered if s is not None]

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
        return [
            part.advance(index, seal=self._is_finished or index < last)
            for index, part in enumerate(parts)
            if not part.is_sealed and (part.rendered < len(part.pieces) or index < last or self._is_finished)
        ]


_logs: dict[uuid.UUID, TurnLog] = {}


def begin(turn: uuid.UUID, reply: uuid.UUID, owner: uuid.UUID) -> TurnLog:
    """The log of a turn that this process runs from now on."""
    log = _logs[turn] = TurnLog(turn, reply, owner)
    return log


def find(turn: uuid.UUID) -> TurnLog | None:
    """The log of a turn that this process runs."""
    return _logs.get(turn)


def drop(turn: uuid.UUID) -> None:
    """Forget a log whose text is stored."""
    _logs.pop(turn, None)


class OpenTexts(Mapping[uuid.UUID, OpenText]):
    """The open replies of this process by message code. A text is put together when it is looked at: a page shows
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
    """The open replies of this process, for drawing a page."""
    return OpenTexts(tuple(_logs.values()))
