"""A turn as the sockets of this process follow it: every frame is made once and sent to all of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Protocol

from django.utils import translation

from conversations import turn_log
from conversations.turn_log import PartUpdate, RenderedPart, TurnLog

from . import frames


class Follower(Protocol):
    """A socket. `push` never waits."""

    language: str

    def push(self, html: str) -> None: ...


class LiveTurn:
    """The followers of one turn's log."""

    def __init__(self, log: TurnLog) -> None:
        self.log = log
        self._followers: set[Follower] = set()

    async def follow(self, follower: Follower) -> None:
        """Show the follower what there is, and from then on everything new, without a gap or a double."""
        parts = await self.log.watch(self._show)
        # Nothing is awaited from here on: the snapshot and the first update cannot miss each other.
        self._followers.add(follower)
        # Also an empty one: the page may show text of its own, drawn with it or left from before a lost connection.
        reply = self.log.reply
        follower.push(_in_language(follower.language, lambda: frames.snapshot(reply, parts) + frames.writing(reply)))
        self.log.announce()

    def unfollow(self, follower: Follower) -> None:
        self._followers.discard(follower)
        if not self._followers:
            self.log.unwatch(self._show)
            _live_turns.pop(self.log.turn, None)

    def _show(self, updates: Sequence[PartUpdate] | None) -> None:
        made: dict[str, str] = {}
        for follower in tuple(self._followers):
            html = made.get(follower.language)
            if html is None:
                html = made[follower.language] = self._frame(updates, follower.language)
            follower.push(html)

    def _frame(self, updates: Sequence[PartUpdate] | None, language: str) -> str:
        if updates is None:
            return frames.snapshot(self.log.reply, ())
        return "".join(self._change(update, language) for update in updates)

    def _change(self, update: PartUpdate, language: str) -> str:
        if not update.is_new:
            return frames.part_update(self.log.reply, update)
        rendered = _first_state(update)
        return _in_language(language, lambda: frames.new_part(self.log.reply, update.index, rendered))


_live_turns: dict[uuid.UUID, LiveTurn] = {}


def live_turn(turn: uuid.UUID) -> LiveTurn | None:
    """The live turn of a log that this process writes."""
    log = turn_log.find(turn)
    if log is None:
        return None
    known = _live_turns.get(turn)
    if known is None or known.log is not log:
        known = _live_turns[turn] = LiveTurn(log)
    return known


def _first_state(change: PartUpdate) -> RenderedPart:
    update = change.update
    sealed = update.sealed if update.whole is None else update.whole
    tail = (update.tail or "") + update.append
    if change.is_sealed:
        # It came whole, as reasoning does that nobody watched, and a whole part is drawn without a tail.
        sealed, tail = sealed + tail, ""
    return RenderedPart(change.kind, sealed, tail, change.is_sealed)


def _in_language(language: str, make: Callable[[], str]) -> str:
    with translation.override(language):
        return make()
