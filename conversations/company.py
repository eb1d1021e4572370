"""How many processes share the work. Each says every few seconds that it is there; the silent are counted no more."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib import import_module
from typing import Any

from django.conf import settings

_count = 1


def count() -> int:
    """Those that were there a moment ago, this one too; while Redis is away as many as there were."""
    return _count


def share(bound: int | None) -> int | None:
    """What of a bound this process may give away without asking the others."""
    return bound if bound is None else bound // _count


async def attend(name: str) -> None:
    """Say again and again that this process is there, and count the others."""
    redis_link: Any = import_module("conversations.redis_link")
    link = redis_link.link(settings.REDIS_URL)
    try:
        while redis_link.goes_on():
            with suppress(*redis_link.AWAY):  # what is known stays
                await count_with(link, name)
            await asyncio.sleep(settings.CHATSITE_HEARTBEAT)
    finally:
        await link.aclose()


async def count_with(link: Any, name: str) -> None:
    """One beat, by the clock of Redis, which is the same for all."""
    global _count
    key = f"{settings.CHATSITE_REDIS_PREFIX}:company"
    seconds, microseconds = await link.time()
    now = seconds + microseconds / 1_000_000
    async with link.pipeline() as together:
        together.zadd(key, {name: now})
        together.zremrangebyscore(key, "-inf", now - settings.CHATSITE_LEASE)
        together.zcard(key)
        together.expire(key, 3600)
        *_, present, _expires = await together.execute()
    _count = max(1, int(present))
