"""The background work of one process: its replies, the errands beside them, its chores."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket

from channels.layers import get_channel_layer
from django.conf import settings

from conversations import broadcast, company, outages, turn_log, upstream
from conversations.jobs import Done
from conversations.turns.claim import Assignment
from conversations.turns.runner import Reason

from .chores import Chores
from .errands import Errands
from .patience import Patience
from .pump import Pump
from .replies import Replies
from .tasks import Tasks


class Background:
    """All of it; lives on one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.tasks, self.patiently = Tasks(loop), Patience()
        self.replies = Replies(self.name, self.tasks, self.patiently, self._reply_ended)
        self.errands = Errands(self.name, self.tasks, self.patiently)
        # With Redis there are workers for that: the processes that serve pages leave it to them.
        has_pump = settings.CHATSITE_JOB_THREADS and not settings.REDIS_URL
        self.pump = Pump(self._job_stepped) if has_pump else None

    def begin(self) -> None:
        broadcast.attach(self.loop)
        chores = Chores(self.name, self.patiently, self.replies, self.wake)
        own = (self.replies.keep_checkpoints(), self.replies.take_queued(), self.errands.take_summaries())
        for work in (*chores.all(), *own):
            self.tasks.spawn(work)
        if self.pump is not None:
            self.pump.begin()
        if settings.REDIS_URL:
            self.tasks.spawn(self._hear_others())
            self.tasks.spawn(company.attend(self.name))

    @property
    def is_stopping(self) -> bool:
        return self.replies.is_stopping

    @property
    def has_room(self) -> bool:
        return self.replies.has_room

    @property
    def is_writing(self) -> bool:
        return self.replies.is_writing

    def run(self, assignment: Assignment) -> None:
        """Run a claimed turn; on the loop."""
        self.replies.run(assignment)

    def stop_turn(self, turn_id: int) -> None:
        """Here, or where it runs. That process finds the wish in the row as well, only later."""
        if self.replies.end(turn_id, Reason.STOPPED):
            return
        self.wake()  # it may have stood in the queue, and others move up
        if settings.REDIS_URL:
            broadcast.publish(broadcast.StopAsked(turn_id))

    def wake(self) -> None:
        self.replies.wake()
        self.errands.wake()

    def count(self, count_id: int) -> None:
        self.errands.count(count_id)

    def step_jobs(self) -> None:
        """A job was ordered, or somebody has decided about one."""
        if self.pump is not None:
            self.pump.wake()

    def stop_summary(self, summary_id: int) -> None:
        self.errands.stop_summary(summary_id)

    def take_no_more(self) -> None:
        """Begin nothing new; what runs goes on, and what a request has taken already may still come."""
        self.replies.is_stopping = self.errands.is_ending = True
        if self.pump is not None:
            self.pump.stop()
        if settings.REDIS_URL:
            broadcast.publish(broadcast.TurnWaits())  # what stands in the queue is for others now

    async def drain(self) -> None:
        """Take nothing new, give what runs its time to end, interrupt the rest, and wait until all is stored."""
        self.take_no_more()
        await self.replies.drain()
        beside = self.errands.cancel()
        await self.replies.finished()
        await asyncio.gather(*beside, return_exceptions=True)
        broadcast.attach(None)
        outages.forget()
        await self.tasks.cancel()
        await turn_log.shelf().close()
        await upstream.close()

    def _reply_ended(self, assignment: Assignment) -> None:
        self._turn_ended(assignment.turn_id, assignment.request.model)

    def _job_stepped(self, done: Done) -> None:
        """In a thread of the pump: what waits for the end of a reply goes on, and its conversation gets a title."""
        if done.ended_turn is not None and not self.is_stopping:
            self.loop.call_soon_threadsafe(self._turn_ended, done.ended_turn, done.model_name)

    def _turn_ended(self, turn_id: int, model_name: str) -> None:
        self.wake()
        if settings.CHATSITE_TITLES and not self.is_stopping:
            self.errands.find_title(turn_id, model_name).add_done_callback(lambda _: self.wake())

    async def _hear_others(self) -> None:
        """Processes tell each other what only one of them can act on."""
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(broadcast.PROCESSES, channel)
        while True:
            message = await layer.receive(channel)
            if message["type"] == broadcast.TurnWaits.type:
                self.wake()
            elif message["type"] == broadcast.StopAsked.type:
                self.replies.end(message["event"].get("turn_id"), Reason.STOPPED)
