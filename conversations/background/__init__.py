"""What the served process does beside requests: run turns, write checkpoints, end what fell silent.

Begun once, on the event loop that serves; every task starts in a fresh context, because one that is started from a
request would inherit that request's connections and die with them.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from conversations import broadcast
from conversations.models import Turn, TurnState
from conversations.rooms import rooms
from conversations.turns import queue
from conversations.turns.claim import Assignment, take

from .process import Background

__all__ = [
    "Background",
    "begin",
    "count_context",
    "is_running",
    "is_writing",
    "make_summaries",
    "start",
    "step_jobs",
    "stop",
    "stop_summary",
    "stop_turn",
    "take_no_more",
]

HEAD_START = 0.005  # seconds in which GLM is asked and the question drawn, while the request that brought it rests

_background: Background | None = None


def start() -> None:
    """Begin the background work of this process, on the running event loop; a second call changes nothing."""
    global _background
    if _background is None:
        _background = Background(asyncio.get_running_loop())
        _background.begin()


def is_running() -> bool:
    """Whether this process takes turns: not before it has begun, and not once it is ending."""
    return _background is not None and not _background.is_stopping


def is_writing() -> bool:
    """Whether a reply is being written in this process."""
    return _background is not None and _background.is_writing


def take_no_more() -> None:
    """Leave what is asked from now on to other processes; `stop` ends what runs here."""
    if _background is not None:
        _background.take_no_more()


async def stop() -> None:
    """End it: running replies end in their time of grace, or are marked interrupted and stored."""
    global _background
    if _background is not None:
        try:
            await _background.drain()
        finally:
            _background = None


def begin(turn: Turn) -> None:
    """Take a turn that is just being made, inside its transaction, and run it once that is committed.

    Where no background runs (management commands), or this process has no room, it stays queued for whoever has.
    """
    background = _background
    if turn.state != TurnState.QUEUED:
        return
    if background is None or not background.has_room or not queue.has_place(turn):
        transaction.on_commit(_let_wait)
    elif assignment := take(turn, background.name):
        transaction.on_commit(partial(_hand_over, background, assignment))
    else:
        rooms.release(turn.pk)


def _hand_over(background: Background, assignment: Assignment) -> None:
    """Run it, and let that go first: what is left of the request would stand between a question and GLM, and between
    the page and what it shows of it, for both need the interpreter."""
    background.loop.call_soon_threadsafe(background.run, assignment)
    time.sleep(HEAD_START)


def _let_wait() -> None:
    """A turn stands in the queue: say where, here and wherever there is room."""
    _on_loop("wake")
    if settings.REDIS_URL:
        broadcast.publish(broadcast.TurnWaits())


def make_summaries() -> None:
    """Somebody wants one: whoever runs here looks for it now."""
    _on_loop("wake")


def count_context(count_id: int) -> None:
    """Somebody wants the context of a conversation counted: this process has GLM do it now."""
    _on_loop("count", count_id)


def step_jobs() -> None:
    """A job was ordered or decided about: whoever takes steps here looks for it now, others by themselves."""
    _on_loop("step_jobs")


def stop_summary(summary_id: int) -> None:
    """Let whoever makes a summary in this process know at once that nobody wants it any more."""
    _on_loop("stop_summary", summary_id)


def stop_turn(turn_id: int) -> None:
    """Let the runner of a turn in this process know at once that it is to stop."""
    _on_loop("stop_turn", turn_id)


def _on_loop(what: str, *args: Any) -> None:
    if _background is not None:
        _background.loop.call_soon_threadsafe(getattr(_background, what), *args)
