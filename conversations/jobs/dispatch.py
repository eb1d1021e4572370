"""Jobs among several processes: one clock, any number of workers, and the rows that all of them see."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import close_old_connections

from conversations import broadcast, catalogue, clock, faults, standing, upstream
from conversations.turns import title

from .claims import Ticket, take_due, take_queued
from .steps import advance

AT_A_TICK = 100  # claimed together
# Messages that may wait for a worker. A lease runs while they do: more would only be claimed anew.
MOST_WAITING = 400
FRESH_FOR = 2.0  # seconds

_informed_at = -FRESH_FOR
_informing = threading.Lock()


def tick(waiting: int, hand_out: Callable[[Ticket], Any]) -> int:
    """Claim what is due and hand it out; how much that was. Leaves a mark that there was a tick."""
    close_old_connections()
    leave_mark()
    room = min(AT_A_TICK, MOST_WAITING - waiting)
    tickets = take_due(room) if room > 0 else []
    if len(tickets) < room:
        tickets += take_queued(room - len(tickets))
    for ticket in tickets:
        hand_out(ticket)
    return len(tickets)


def step(ticket: Ticket, ended: Callable[[int, str], Any]) -> None:
    """Take one step; `ended` is told the turn of a reply that has come to its end, and its model."""
    close_old_connections()
    keep_informed()
    done = advance(ticket)
    if done is not None and done.ended_turn is not None:
        broadcast.publish(broadcast.TurnWaits())  # what waits for that may go on, where replies are written
        if settings.CHATSITE_TITLES:
            ended(done.ended_turn, done.model_name)


def find_title(turn_id: int, model_name: str) -> None:
    async_to_sync(_find_title)(turn_id, model_name)


async def _find_title(turn_id: int, model_name: str) -> None:
    async with upstream.new_client(upstream.current()) as client:
        await title.find_beside(turn_id, model_name, client)


def keep_informed() -> None:
    """Policy, models and faults as everybody has them; where pages are served the background learns them."""
    global _informed_at
    with _informing:
        if clock.monotonic() - _informed_at < FRESH_FOR:
            return
        for refresh in (catalogue.refresh, standing.refresh, faults.refresh):
            refresh()
        _informed_at = clock.monotonic()


def leave_mark() -> None:
    """Say that there was a tick, by the clock of Redis, which is the same for all."""
    link = _link()
    link.set(_mark(), _now(link), ex=3600)


def seconds_since_tick() -> float | None:
    """How long ago the last tick was; None when there has been none for an hour. Raises what Redis raises."""
    link = _link()
    found = link.get(_mark())
    return None if found is None else max(0.0, _now(link) - float(found))


def _link() -> Any:
    redis_link: Any = import_module("conversations.redis_link")
    return redis_link.shared_link(settings.REDIS_URL)


def _now(link: Any) -> float:
    seconds, microseconds = link.time()
    return float(seconds + microseconds / 1_000_000)


def _mark() -> str:
    return f"{settings.CHATSITE_REDIS_PREFIX}:jobs:tick"
