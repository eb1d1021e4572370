"""A moment of rest before something is drawn, so that a burst of news is drawn once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from django.db import Error as DatabaseError

logger = structlog.get_logger(__name__)

REST = 0.5  # seconds, for what moves in the queue of cases


class Rest:
    """Does `work` so many seconds after it was first asked for, however often it is asked for meanwhile."""

    def __init__(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        self._seconds, self._work = seconds, work
        self._task: asyncio.Task[None] | None = None
        self._is_due = False

    def ask(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._task = asyncio.get_running_loop().create_task(self._do_later())

    def drop(self) -> None:
        """It is wanted no more."""
        if self._is_due and self._task is not None:
            self._task.cancel()

    async def _do_later(self) -> None:
        await asyncio.sleep(self._seconds)
        self._is_due = False  # what is asked for from here on may not be in what is read now
        try:
            await self._work()
        except DatabaseError:
            pass  # the pulse looks again, as soon as the database is back
        except Exception:
            logger.exception("an open page was not drawn")
