"""The sums are kept while the site runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from django.conf import settings

from conversations import clock

from .rolling import roll_up

EVERY = 15.0  # seconds, and longer where it takes long: it must never be more than a fiftieth of the work
REST = 50


async def keep(patiently: Callable[[Callable[[], int]], Awaitable[None]]) -> None:
    """Sum again and again. `patiently` does it in a thread of its own: after an update there may be years to sum."""
    await asyncio.sleep(settings.CHATSITE_SWEEP)  # first what people wait for
    while True:
        began = clock.monotonic()
        await patiently(roll_up)
        await asyncio.sleep(max(EVERY, REST * (clock.monotonic() - began)))
