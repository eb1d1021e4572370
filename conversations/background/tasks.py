"""The tasks of a process, each in a context of its own."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

import structlog

logger = structlog.get_logger(__name__)

TO_CLOSE = 5.0  # seconds that tasks have for closing what they opened


class Tasks:
    """Keeps what it has begun, so that nothing is collected in mid-work, and tells of what failed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        # Whoever is started from a request would inherit that request's connections and die with them.
        task = self.loop.create_task(work, context=contextvars.Context())
        self._running.add(task)
        task.add_done_callback(self._forget)
        return task

    async def cancel(self) -> None:
        """End all of them."""
        for task in (running := tuple(self._running)):
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=TO_CLOSE)

    def __bool__(self) -> bool:
        return bool(self._running)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("background work failed", exc_info=error)
