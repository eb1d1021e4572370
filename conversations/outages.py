"""Which stores this process cannot reach at the moment, for whoever tells people. Everything here is on the event loop.

Those who use a store note what they meet; only an outage that lasts is told, and its end at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

Store = Literal["database", "redis"]

LASTS = 1.5  # seconds; a store that comes back sooner has been away for nobody

_waiting: dict[Store, asyncio.TimerHandle] = {}
_told: set[Store] = set()
_watchers: set[Callable[[], None]] = set()


def note(store: Store, *, is_away: bool) -> None:
    """What somebody has just met; the same again changes nothing."""
    if not is_away:
        _over(store)
    elif store not in _waiting and store not in _told:
        _waiting[store] = asyncio.get_running_loop().call_later(LASTS, _tell, store)


def lasting() -> frozenset[Store]:
    """The stores that people have been told about."""
    return frozenset(_told)


@contextmanager
def watched(moved: Callable[[], None]) -> Iterator[None]:
    """Call `moved` whenever `lasting()` has changed."""
    _watchers.add(moved)
    try:
        yield
    finally:
        _watchers.discard(moved)


def forget() -> None:
    """This process uses no store any more."""
    for timer in _waiting.values():
        timer.cancel()
    _waiting.clear()
    _told.clear()


def _over(store: Store) -> None:
    if timer := _waiting.pop(store, None):
        timer.cancel()
    if store in _told:
        _told.discard(store)
        _announce()


def _tell(store: Store) -> None:
    del _waiting[store]
    _told.add(store)
    _announce()


def _announce() -> None:
    for moved in tuple(_watchers):
        moved()
