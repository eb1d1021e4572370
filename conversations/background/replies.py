"""The replies that a process writes: turns taken from the queue, their checkpoints, their end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from structlog.contextvars import bind_contextvars

from conversations import broadcast, line, openings, turn_log, upstream
from conversations.rooms import rooms
from conversations.turns import checkpoint, queue, reaper
from conversations.turns.claim import Assignment
from conversations.turns.pace import Pace
from conversations.turns.runner import Reason, Runner

from .patience import Patience
from .tasks import Tasks


class Replies:
    """`ended(...)` is told each assignment whose runner has come to its end. Lives on the loop of `tasks`."""

    def __init__(self, name: str, tasks: Tasks, patiently: Patience, ended: Callable[[Assignment], None]) -> None:
        self._name, self._tasks, self._patiently, self._ended = name, tasks, patiently, ended
        self._pace = Pace(settings.CHATSITE_FRAME_INTERVAL)
        self._runners: dict[int, Runner] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self._queue_moved = asyncio.Event()
        self.is_stopping = self.is_interrupting = False

    @property
    def has_room(self) -> bool:
        return not self.is_stopping and len(self._runners) < settings.CHATSITE_REPLIES_AT_ONCE

    @property
    def is_writing(self) -> bool:
        return bool(self._runners)

    def run(self, assignment: Assignment) -> None:
        """Run a claimed turn; on the loop."""
        if assignment.opening:
            openings.keep(assignment.opening)
        runner = Runner(assignment, upstream.client(), self._pace)
        self._runners[assignment.turn_id] = runner
        rooms.at_work(assignment.turn_id, assignment.request.model, assignment.person_id)
        broadcast.publish(broadcast.TurnBegan(str(assignment.owner), str(assignment.turn)))
        task = self._tasks.spawn(self._run(runner))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        if self.is_interrupting:
            runner.end(Reason.INTERRUPTED)

    def end(self, turn_id: int, reason: Reason) -> bool:
        """End a turn; False when it does not run here."""
        runner = self._runners.get(turn_id)
        if runner is not None:
            runner.end(reason)
        return runner is not None

    def wake(self) -> None:
        self._queue_moved.set()

    async def drain(self) -> None:
        """Give what runs its time to end, then interrupt the rest; `finished` waits until all is stored."""
        self.is_stopping = True
        if self._running and settings.CHATSITE_GRACE:
            await asyncio.wait(self._running, timeout=settings.CHATSITE_GRACE)
        self.is_interrupting = True
        for runner in tuple(self._runners.values()):
            runner.end(Reason.INTERRUPTED)

    async def finished(self) -> None:
        await asyncio.gather(*self._running, return_exceptions=True)

    async def take_queued(self) -> None:
        """Run what waits, as far as there is room, for as long as the process runs."""
        while True:
            self._queue_moved.clear()
            if not self.is_stopping:
                await self._patiently(self._claim_next)
            await self._queue_moved.wait()

    async def keep_checkpoints(self) -> None:
        while True:
            await asyncio.sleep(settings.CHATSITE_CHECKPOINT)
            writers = [(turn_id, runner.writer) for turn_id, runner in self._runners.items()]
            if due := checkpoint.due(writers):
                await self._patiently(partial(self._save, due))

    def reap_silent(self) -> None:
        # A machine that slept finds its own leases over, but what runs here is not silent.
        reaper.reap_silent(but=tuple(self._runners))

    async def _run(self, runner: Runner) -> None:
        if trace := runner.assignment.trace:
            bind_contextvars(request=trace)  # of this task alone: each has a context of its own
        try:
            await runner.run()
        finally:
            self._runners.pop(runner.assignment.turn_id, None)
            rooms.release(runner.assignment.turn_id)
            openings.drop(runner.assignment.turn)
            self._ended(runner.assignment)

    def _claim_next(self) -> None:
        taken, places = queue.take_waiting(self._name, settings.CHATSITE_REPLIES_AT_ONCE - len(self._runners))
        for assignment in taken:
            self._tasks.loop.call_soon_threadsafe(self.run, assignment)
        self._tasks.loop.call_soon_threadsafe(line.tell, places)

    def _save(self, due: list[checkpoint.Checkpoint]) -> None:
        findings = checkpoint.save(self._name, due)
        self._tasks.loop.call_soon_threadsafe(self._learn, due, findings)

    def _learn(self, due: list[checkpoint.Checkpoint], findings: checkpoint.Findings) -> None:
        for each in due:
            if runner := self._runners.get(each.turn_id):
                checkpoint.saved(runner.writer, each)
                turn_log.shelf().stored(runner.writer.log, each.seq)
                if each.turn_id in findings.lost:
                    runner.end(Reason.LOST)
                if each.turn_id in findings.stopped:
                    runner.end(Reason.STOPPED)
