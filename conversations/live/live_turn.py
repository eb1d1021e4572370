"""A turn as the sockets of this process follow it: every frame is made once and sent to all of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from django.utils import translation

from conversations import clock, turn_log
from conversations.open_parts import PartUpdate, RenderedPart
from conversations.turn_log import TurnLog

from . import frames, speech
from .speech import Said, Speech


class Follower(Protocol):
    """A socket. `push` never waits."""

    language: str

    def push(self, html: str) -> None: ...


class LiveTurn:
    """The followers of one turn's log."""

    def __init__(self, log: TurnLog) -> None:
        self.log = log
        self._followers: set[Follower] = set()
        self.shown, self.shown_at, self.is_void = 0, clock.now(), False
        self._speech = Speech()

    async def follow(self, follower: Follower, *, is_drawn_empty: bool = False) -> None:
        """Show the follower what there is, and from then on everything new, without a gap or a double.

        `is_drawn_empty`: the page has just drawn the reply, as being written and with no text.
        """
        parts = await self.log.watch(self._show)
        if not self._followers:
            self._speech = Speech(self.log.shown_text())
        self._has_shown()
        # Nothing is awaited from here on: the snapshot and the first update cannot miss each other.
        self._followers.add(follower)
        if parts or not is_drawn_empty:
            # Also an empty one: the page may show text of its own, drawn with it or left from before a lost connection.
            reply = self.log.reply
            seconds = clock.monotonic() - self.log.began
            snapshot = partial(_snapshot, reply, parts, seconds)
            follower.push(_in_language(follower.language, snapshot))
        self.log.announce()

    def unfollow(self, follower: Follower) -> None:
        self._followers.discard(follower)
        if not self._followers:
            self.log.unwatch(self._show)
            _live_turns.pop(self.log.turn, None)

    def _show(self, updates: Sequence[PartUpdate] | None) -> None:
        if updates is None:
            self.is_void = True  # what had been shown stays counted: it may have been for a flag
        else:
            self._has_shown()
        said = self._speech.take(updates or ())
        if updates is None:
            self._speech = Speech()
        made: dict[str, str] = {}
        # Most frames have no words of ours: to make a language the active one costs more than to draw them.
        plain = None if said or updates is None or any(map(_has_words, updates)) else self._frame(updates, ())
        for follower in tuple(self._followers):
            html = made.get(follower.language, plain)
            if html is None:
                draw = partial(self._frame, updates, said)
                html = made[follower.language] = _in_language(follower.language, draw)
            follower.push(html)

    def _has_shown(self) -> None:
        self.shown, self.shown_at = max(self.shown, self.log.size), clock.now()

    def _frame(self, updates: Sequence[PartUpdate] | None, said: Sequence[Said]) -> str:
        if updates is None:
            return frames.snapshot(self.log.reply, ())
        return "".join(map(self._change, updates)) + speech.frame(said)

    def _change(self, update: PartUpdate) -> str:
        if not update.is_new:
            return frames.part_update(self.log.reply, update)
        return frames.new_part(self.log.reply, update.index, _first_state(update))


_live_turns: dict[uuid.UUID, LiveTurn] = {}


async def live_turn(turn: uuid.UUID) -> LiveTurn | None:
    """The live turn of a turn that runs here or elsewhere."""
    log = await turn_log.follow(turn)
    if log is None:
        return None
    known = _live_turns.get(turn)
    if known is None or known.log is not log:
        known = _live_turns[turn] = LiveTurn(log)
    return known


def _has_words(update: PartUpdate) -> bool:
    """Whether its frame depends on the language of the page: not that of a text that goes on."""
    return update.is_new or update.has_turned or update.kind != "text"


def _first_state(change: PartUpdate) -> RenderedPart:
    update = change.update
    sealed = update.sealed if update.whole is None else update.whole
    tail = (update.tail or "") + update.append
    if change.is_sealed:
        # It came whole, as reasoning does that nobody watched, and a whole part is drawn without a tail.
        sealed, tail = sealed + tail, ""
    return RenderedPart(change.kind, sealed, tail, change.is_sealed, change.language, change.seconds)


def _snapshot(reply: uuid.UUID, parts: Sequence[RenderedPart], seconds: float) -> str:
    return frames.snapshot(reply, parts) + frames.writing(reply, seconds)


def _in_language(language: str, make: Callable[[], str]) -> str:
    with translation.override(language):
        return make()
