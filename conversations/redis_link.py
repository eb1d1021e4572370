"""How this program speaks to Redis: never for long, and never twice by itself.

Whoever asks decides what an absence of Redis means for them. Imported only where REDIS_URL is set.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

import redis
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

# What a call to a Redis that is away, slow or full raises. A mistake in a script is one of them: it is the same to all.
AWAY = (RedisError, OSError)

CONNECT_TIMEOUT = 2.0
ANSWER_TIMEOUT = 3.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds between two tries to connect


def link(url: str) -> aioredis.Redis:
    """A client for the running loop; it connects when it is first asked, and anew after each failure."""
    return aioredis.Redis.from_url(url, retry=AsyncRetry(NoBackoff(), 0), **_options())


def blocking_link(url: str) -> redis.Redis:
    """The same for threads."""
    return redis.Redis.from_url(url, retry=never_again(), **_options())


@cache
def shared_link(url: str) -> redis.Redis:
    """One for all threads of the process, for what is said again and again. A connection that has died meanwhile is
    noticed before it is used, and made anew."""
    return blocking_link(url)


def never_again() -> Retry:
    """For clients of threads: a call that fails is not repeated behind the caller's back."""
    return Retry(NoBackoff(), 0)


def _options() -> dict[str, Any]:
    # The older protocol: the newer one brings types that nobody here uses, at twice the reading.
    return {
        "protocol": 2,
        "socket_connect_timeout": CONNECT_TIMEOUT,
        "socket_timeout": ANSWER_TIMEOUT,
        "socket_keepalive": True,
        "driver_info": None,  # two more questions at each connection
    }


def goes_on() -> bool:
    """Whether the running task is still wanted. The client swallows a cancellation that comes while it connects, so
    a task that uses it for ever asks before it waits."""
    task = asyncio.current_task()
    return task is not None and not task.cancelling()


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel until it holds."""
    while not all(task.done() for task in tasks):
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=0.05)


class Pauses:
    """Growing pauses between tries that fail."""

    def __init__(self) -> None:
        self._next = FIRST_PAUSE

    async def rest(self) -> None:
        pause, self._next = self._next, min(2 * self._next, LONGEST_PAUSE)
        await asyncio.sleep(pause)

    def over(self) -> None:
        self._next = FIRST_PAUSE
