"""What the served process does beside requests: run turns, write checkpoints, end what fell silent.

Begun once, on the event loop that serves; every task starts in a fresh context, because one that is started from a
request would inherit that request's connections and die with them.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import secrets
import socket
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction

from conversations import broadcast, upstream
from conversations.db import db
from conversations.models import Turn, TurnState
from conversations.turns import checkpoint, reaper
from conversations.turns.claim import Assignment, claim, take
from conversations.turns.pace import Pace
from conversations.turns.runner import Reason, Runner

logger = structlog.get_logger(__name__)

ASK_FOR_MODELS_EVERY = 30.0  # seconds


class Background:
    """The running turns of one process and the loops that keep them; lives on one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._pace = Pace(settings.CHATSITE_FRAME_INTERVAL)
        self._runners: dict[int, Runner] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._queue_moved = asyncio.Event()
        self._is_stopping = False

    def begin(self) -> None:
        broadcast.attach(self.loop)
        for work in (self._sweep(), self._keep_checkpoints(), self._take_queued(), self._learn_models()):
            self._spawn(work)

    @property
    def has_room(self) -> bool:
        return not self._is_stopping and len(self._runners) < settings.CHATSITE_REPLIES_AT_ONCE

    def run(self, assignment: Assignment) -> None:
        """Run a claimed turn; on the loop."""
        runner = Runner(assignment, upstream.client(), self._pace)
        self._runners[assignment.turn_id] = runner
        broadcast.publish(broadcast.TurnBegan(str(assignment.owner), str(assignment.turn)))
        task = self._spawn(self._run(runner))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        if self._is_stopping:
            runner.end(Reason.INTERRUPTED)

    def stop_turn(self, turn_id: int) -> None:
        if runner := self._runners.get(turn_id):
            runner.end(Reason.STOPPED)

    def wake(self) -> None:
        self._queue_moved.set()

    async def drain(self) -> None:
        """End all running turns and wait until they are stored."""
        self._is_stopping = True
        for runner in tuple(self._runners.values()):
            runner.end(Reason.INTERRUPTED)
        await asyncio.gather(*self._running, return_exceptions=True)
        broadcast.attach(None)
        for task in tuple(self._tasks):
            task.cancel()
        await upstream.close()

    async def _run(self, runner: Runner) -> None:
        try:
            await runner.run()
        finally:
            self._runners.pop(runner.assignment.turn_id, None)
            self.wake()

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = self.loop.create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("background work failed", exc_info=error)

    async def _learn_models(self) -> None:
        """Ask a server that we know nothing about for its models until it tells them."""
        while not upstream.offered_models():
            await upstream.refresh_models()
            await asyncio.sleep(0 if upstream.offered_models() else ASK_FOR_MODELS_EVERY)

    async def _sweep(self) -> None:
        if connection.vendor == "sqlite":
            await self._patiently(partial(reaper.reap_all_running, but_of=self.name))
        while True:
            await self._patiently(self._reap_silent)
            self.wake()
            await asyncio.sleep(settings.CHATSITE_SWEEP)

    def _reap_silent(self) -> None:
        # A machine that slept finds its own leases over, but what runs here is not silent.
        reaper.reap_silent(but=tuple(self._runners))

    async def _keep_checkpoints(self) -> None:
        while True:
            await asyncio.sleep(settings.CHATSITE_CHECKPOINT)
            writers = [(turn_id, runner.writer) for turn_id, runner in self._runners.items()]
            if due := checkpoint.due(writers):
                await self._patiently(partial(self._save, due))

    def _save(self, due: list[checkpoint.Checkpoint]) -> None:
        findings = checkpoint.save(self.name, due)
        self.loop.call_soon_threadsafe(self._learn, due, findings)

    def _learn(self, due: list[checkpoint.Checkpoint], findings: checkpoint.Findings) -> None:
        for each in due:
            if runner := self._runners.get(each.turn_id):
                checkpoint.saved(runner.writer, each)
                if each.turn_id in findings.lost:
                    runner.end(Reason.LOST)
                if each.turn_id in findings.stopped:
                    runner.end(Reason.STOPPED)

    async def _take_queued(self) -> None:
        while True:
            self._queue_moved.clear()
            if self.has_room:
                await self._patiently(self._claim_next)
            await self._queue_moved.wait()

    def _claim_next(self) -> None:
        room = settings.CHATSITE_REPLIES_AT_ONCE - len(self._runners)
        for turn_id in Turn.objects.queued().values_list("pk", flat=True)[:room]:
            try:
                assignment = claim(turn_id, self.name)
            except OperationalError:
                raise
            except Exception:
                # It stays queued, where it can be stopped, and must not stand in the way of those behind it.
                logger.exception("turn cannot be taken", turn_id=turn_id)
                continue
            if assignment:
                self.loop.call_soon_threadsafe(self.run, assignment)

    async def _patiently(self, work: Callable[[], Any]) -> None:
        """Do work that comes round again: what goes wrong, such as a database that is away, only delays it."""
        try:
            await db(work)
        except Exception:
            logger.exception("background work goes wrong; it will be tried again")


_background: Background | None = None


def start() -> None:
    """Begin the background work of this process, on the running event loop; a second call changes nothing."""
    global _background
    if _background is None:
        _background = Background(asyncio.get_running_loop())
        _background.begin()


async def stop() -> None:
    """End it: running replies are marked interrupted and stored first."""
    global _background
    if _background is not None:
        ending, _background = _background, None
        await ending.drain()


def begin(turn: Turn) -> None:
    """Take a turn that is just being made, inside its transaction, and run it once that is committed.

    Where no background runs (management commands), or this process has no room, it stays queued for whoever has.
    """
    background = _background
    if background is None or not background.has_room or turn.state != TurnState.QUEUED:
        return
    if assignment := take(turn, background.name):
        transaction.on_commit(partial(background.loop.call_soon_threadsafe, background.run, assignment))


def stop_turn(turn_id: int) -> None:
    """Let the runner of a turn in this process know at once that it is to stop."""
    if _background is not None:
        _background.loop.call_soon_threadsafe(_background.stop_turn, turn_id)
