"""The one bridge from async code to the database.

Each kind of work has threads of its own, so that a slow page never holds up a reply. A thread keeps its connection,
but for those that share a pool: there it goes back after each call, for idle threads must not starve pages. SQLite has
one writer anyway: one thread for turns keeps its queue in our hands instead of in lock retries.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Literal, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

P = ParamSpec("P")
R = TypeVar("R")
Pool = Literal["turns", "live", "render", "ready", "policy", "usage", "media", "sight"]

inline = False  # tests set this: everything then runs in the test's own thread and transaction


async def db(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `function` on the threads that serve turns."""
    return await in_pool("turns", partial(function, *args, **kwargs))


async def db_live(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `function`, which only reads, on the threads that serve open pages."""
    return await in_pool("live", partial(function, *args, **kwargs))


async def in_pool(pool: Pool, call: Callable[[], R]) -> R:
    if inline:
        return await sync_to_async(call, thread_sensitive=True)()
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(_executor(pool), context.run, _with_fresh_connection, call)


def _with_fresh_connection(call: Callable[[], R]) -> R:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


@cache
def _executor(pool: Pool) -> ThreadPoolExecutor:
    alone = ("render", "ready", "policy", "usage", "sight")
    single = pool in alone or (pool == "turns" and connection.vendor == "sqlite")
    return ThreadPoolExecutor(1 if single else 4, thread_name_prefix=f"chatsite-{pool}")
