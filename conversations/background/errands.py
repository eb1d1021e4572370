"""Titles, summaries and counts: short requests beside the replies, a few at a time."""

from __future__ import annotations

import asyncio
from typing import Any

from conversations import upstream
from conversations.turns import counting, summary, title

from .patience import Patience
from .tasks import Tasks

SUMMARIES_AT_ONCE = 2
COUNTS_AT_ONCE = 2
TITLES_AT_ONCE = 4  # GLM counts requests at work: replies come first


class Errands:
    """`name` is that of the process; once `is_ending` nothing new is begun."""

    def __init__(self, name: str, tasks: Tasks, patiently: Patience) -> None:
        self._name, self._tasks, self._patiently = name, tasks, patiently
        self._titles: set[asyncio.Task[Any]] = set()
        self._room_for_titles = asyncio.Semaphore(TITLES_AT_ONCE)
        self._summaries: dict[int, asyncio.Task[Any]] = {}
        self._room_for_summaries = asyncio.Semaphore(SUMMARIES_AT_ONCE)
        self._summary_is_wanted = asyncio.Event()
        self._counts: set[asyncio.Task[Any]] = set()
        self._room_for_counts = asyncio.Semaphore(COUNTS_AT_ONCE)
        self.is_ending = False

    def wake(self) -> None:
        self._summary_is_wanted.set()

    def find_title(self, turn_id: int, model_name: str) -> asyncio.Task[Any]:
        """Seek a title for the conversation of a turn that has ended."""
        seeking = self._tasks.spawn(self._find_title(turn_id, model_name))
        self._titles.add(seeking)
        seeking.add_done_callback(self._titles.discard)
        return seeking

    def count(self, count_id: int) -> None:
        """Have GLM count a context for somebody who wants to know."""
        if not self.is_ending:
            counting_it = self._tasks.spawn(self._count(count_id))
            self._counts.add(counting_it)
            counting_it.add_done_callback(self._counts.discard)

    def stop_summary(self, summary_id: int) -> None:
        if task := self._summaries.get(summary_id):
            task.cancel()

    def cancel(self) -> tuple[asyncio.Task[Any], ...]:
        """End all of them; what was begun is to be awaited."""
        self.is_ending = True
        running = (*self._titles, *self._summaries.values(), *self._counts)
        for errand in running:
            errand.cancel()
        return running

    async def take_summaries(self) -> None:
        """Make what is wanted, for as long as the process runs."""
        while True:
            self._summary_is_wanted.clear()
            if not self.is_ending:
                await self._patiently(self._hand_over_summaries)
            await self._summary_is_wanted.wait()

    async def _find_title(self, turn_id: int, model_name: str) -> None:
        async with self._room_for_titles:
            await title.find_beside(turn_id, model_name, upstream.client())

    def _hand_over_summaries(self) -> None:
        for summary_id in summary.wanted_ids():
            self._tasks.loop.call_soon_threadsafe(self._begin_summary, summary_id)

    def _begin_summary(self, summary_id: int) -> None:
        if summary_id not in self._summaries and not self.is_ending:
            task = self._summaries[summary_id] = self._tasks.spawn(self._make_summary(summary_id))
            task.add_done_callback(lambda _: self._summaries.pop(summary_id, None))

    async def _make_summary(self, summary_id: int) -> None:
        async with self._room_for_summaries:
            await summary.make(summary_id, upstream.client(), self._name)

    async def _count(self, count_id: int) -> None:
        async with self._room_for_counts:
            await counting.make(count_id, upstream.client())
