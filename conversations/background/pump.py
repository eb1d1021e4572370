"""The jobs of a process that is alone: a thread that takes what is due, and a few that take the steps.

Steps wait for GLM most of the time, in blocking calls; the event loop, which serves pages, must not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from conversations import clock, jobs
from conversations.jobs import Done, Ticket
from conversations.models import JobState

logger = structlog.get_logger(__name__)

LOOK_EVERY = 0.5  # seconds between looks for what has become due; news wakes it at once
LOOK_AT_QUEUE_EVERY = 2.0  # seconds between looks for places that replies have left: that look costs more
LOOK_AGAIN_AFTER = 2.0  # seconds, while the database is away
IN_HAND = 2  # steps for each thread: the one it takes, and one more, so that it need not wait for the next look


class Pump:
    """`ended(...)` is called in a thread of the pump with each step that brought a job to its end."""

    def __init__(self, ended: Callable[[Done], None]) -> None:
        self._ended = ended
        self._is_wanted, self._is_over = threading.Event(), False
        self._queue_moved, self._looked_at = True, clock.monotonic()
        self._threads = settings.CHATSITE_JOB_THREADS
        self._room, self._counting = IN_HAND * self._threads, threading.Lock()
        self._steps = ThreadPoolExecutor(self._threads, thread_name_prefix="chatsite-job")
        self._thread = threading.Thread(target=self._run, name="chatsite-pump", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._queue_moved = True
        self._is_wanted.set()

    def stop(self) -> None:
        """Take nothing new. Steps under way go on: what is stored of them is enough for whoever comes next."""
        self._is_over = True
        self._is_wanted.set()
        self._steps.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        pause = LOOK_EVERY
        while not self._is_over:
            self._is_wanted.wait(pause)
            self._is_wanted.clear()
            pause = self._look()
        connections.close_all()

    def _look(self) -> float:
        """Hand over what is due; how long to rest until the next look."""
        try:
            close_old_connections()
            while not self._is_over and self._hand_over():
                continue
        except DatabaseError:
            return LOOK_AGAIN_AFTER  # told by those whose work is the database
        except Exception:
            logger.exception("jobs were not looked for; they will be")
            return LOOK_AGAIN_AFTER
        finally:
            close_old_connections()  # to the pool, where there is one
        return LOOK_EVERY

    def _hand_over(self) -> bool:
        """As many as there is room for; whether there may be more. Whatever waits here for a thread that is busy for
        longer than the lease is taken anew, and then this ticket is worth nothing."""
        with self._counting:
            room = self._room
        if not room:
            return False
        tickets = jobs.take_due(room)
        tickets += self._queued(room - len(tickets))
        with self._counting:
            self._room -= len(tickets)
        for ticket in tickets:
            self._submit(ticket)
        return len(tickets) == room

    def _queued(self, most: int) -> list[Ticket]:
        """Of those who wait, when something has moved or it is time to look; whoever gets one may not be the last."""
        is_time = clock.monotonic() - self._looked_at >= LOOK_AT_QUEUE_EVERY
        if most <= 0 or not (self._queue_moved or is_time):
            return []
        self._queue_moved, self._looked_at = False, clock.monotonic()
        tickets = jobs.take_queued(most)
        self._queue_moved = self._queue_moved or bool(tickets)
        return tickets

    def _submit(self, ticket: Ticket) -> None:
        try:
            self._steps.submit(self._step, ticket)
        except RuntimeError:  # it was stopped meanwhile: the lease ends by itself
            self._has_ended()

    def _step(self, ticket: Ticket) -> None:
        began = clock.monotonic()
        try:
            close_old_connections()
            done = jobs.advance(ticket)
        except DatabaseError:
            logger.warning("the database did not take a step of a job", job=str(ticket.code))
        except Exception:
            logger.exception("step of a job failed", job=str(ticket.code))
        else:
            if done is not None:
                self._queue_moved = self._queue_moved or done.state != JobState.SUBMITTED
                self._ended(done)
        finally:
            close_old_connections()
            self._has_ended()
            logger.debug("step of a job", job=str(ticket.code), seconds=round(clock.monotonic() - began, 3))

    def _has_ended(self) -> None:
        """Several are taken at a time: each look is a transaction, for which all other writers wait."""
        with self._counting:
            self._room += 1
            is_time = 2 * self._room > self._threads
        if is_time:
            self._is_wanted.set()
