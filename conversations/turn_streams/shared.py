"""A log as its writer keeps it for other processes: what they have not been told yet waits here."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable

from conversations.models.parts import Kind
from conversations.turn_log import TurnLog

from .entries import END, VOID, Entry, joined

# What waits while Redis is away. Beyond it the oldest is forgotten: readers then wait for the next checkpoint.
MOST_PENDING = 256 * 1024

UNTOLD = "0-0"


class SharedLog(TurnLog):
    """`moved` is called when there is something to tell; `keeps_from`: below this id nobody needs entries."""

    def __init__(self, turn: uuid.UUID, reply: uuid.UUID, owner: uuid.UUID, moved: Callable[[SharedLog], None]) -> None:
        super().__init__(turn, reply, owner)
        self.is_refused = self.is_stored = False
        self.keeps_from = ""
        self.told = UNTOLD
        self._moved = moved
        self._pending: deque[Entry] = deque()
        self._pending_size = 0

    def append(self, kind: Kind, text: str) -> None:
        entry = Entry(self.seq + 1, self.seq, self.size, kind, text)
        super().append(kind, text)
        self._keep(entry)

    def restart(self) -> None:
        entry = Entry(self.seq + 1, self.seq, 0, VOID)
        super().restart()
        self._keep(entry)
        self._moved(self)

    def announce(self) -> None:
        if self._pending:
            self._moved(self)
        super().announce()

    async def finish(self) -> list[str]:
        self._keep(Entry(self.seq, self.seq, self.size, END))
        self._moved(self)
        return await super().finish()

    def stored(self, seq: int) -> None:
        """The database has the text up to `seq`: nobody needs to be told it any more."""
        self.keeps_from = f"{seq + 1}-0"
        self._forget(lambda entry: entry.seq <= seq and entry.kind != END)

    def ended(self) -> None:
        """The whole text is stored: the stream need not live on."""
        self.is_stored = True
        if self.told != UNTOLD:
            self._moved(self)

    def pending(self) -> list[Entry]:
        return joined(self._pending)

    @property
    def is_urgent(self) -> bool:
        """Whether somebody waits for it: for the first words, the last, or that what was shown goes away."""
        return self.told == UNTOLD or any(entry.kind in (VOID, END) for entry in self._pending)

    def was_told(self, entries: list[Entry]) -> None:
        if not entries:
            return
        self.told = entries[-1].id
        self._forget(lambda entry: _number(entry.id) <= _number(self.told))

    def was_refused(self, last: str) -> None:
        """The stream goes up to `last` already: by an answer of ours that got lost, or by somebody else's hand."""
        self._forget(lambda entry: _number(entry.id) <= _number(last))
        self.is_refused = _number(last) > _number(self.last_id)

    @property
    def last_id(self) -> str:
        """The highest that this log can have given."""
        return f"{self.seq}-1"

    def _keep(self, entry: Entry) -> None:
        if self.is_refused:
            return
        self._pending.append(entry)
        self._pending_size += len(entry.text)
        while self._pending_size > MOST_PENDING:
            self._pending_size -= len(self._pending.popleft().text)

    def _forget(self, is_known: Callable[[Entry], bool]) -> None:
        while self._pending and is_known(self._pending[0]):
            self._pending_size -= len(self._pending.popleft().text)


def _number(entry_id: str) -> tuple[int, int]:
    first, _, second = entry_id.partition("-")
    return int(first), int(second)
