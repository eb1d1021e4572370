"""Reads what grows elsewhere, for the pages that look at it from here.

One call for all followed turns, again and again while there are any: the cost of an empty look is that of a frame, and
nobody has to be told who reads what. While Redis is away, or a stream has a hole, the checkpoints take its place.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

import structlog
from django.conf import settings
from django.db import Error as DatabaseError

from conversations import clock, redis_link
from conversations.db import in_pool
from conversations.present.running import running_texts
from conversations.redis_link import AWAY, Pauses

from .entries import Entry
from .followed import FollowedLog

logger = structlog.get_logger(__name__)

READ = (Path(__file__).parent / "read.lua").read_text(encoding="utf-8")
# The first words are waited for: while a turn is this young and has none it is looked at more often.
YOUNG = 3.0  # seconds
SOON = 0.008
# A stream that says nothing for so long may have been lost; the database knows whether its turn goes on.
SILENT = 2.0


class Reader:
    """Lives on `loop`. `is_cut` while Redis does not answer."""

    def __init__(self, loop: asyncio.AbstractEventLoop, url: str, key: str) -> None:
        self.loop = loop
        self.is_cut = False
        self._key = key
        self._logs: dict[uuid.UUID, FollowedLog] = {}
        self._has_logs = asyncio.Event()
        self._client = redis_link.link(url)
        self._script = self._client.register_script(READ)
        self._tasks = [loop.create_task(self._read_on()), loop.create_task(self._check_on())]

    def logs(self) -> Iterable[FollowedLog]:
        return tuple(self._logs.values())

    async def follow(self, turn: uuid.UUID) -> FollowedLog | None:
        """The log of a turn that runs elsewhere; None when it does not run."""
        if turn in self._logs:
            return self._logs[turn]
        found = (await in_pool("live", partial(running_texts, [turn]))).get(turn)
        if found is None or found.text is None:
            return None
        log = FollowedLog(turn, found.reply, found.owner, found.text, self._read_one)
        log = self._logs.setdefault(turn, log)
        self._has_logs.set()
        await self._read_one(log)
        return log

    async def close(self) -> None:
        await redis_link.end(*self._tasks)

    async def _read_on(self) -> None:
        pauses = Pauses()
        try:
            while redis_link.goes_on():
                await self._has_logs.wait()
                await self._read_round(pauses)
                self._drop_unwanted()
        finally:
            await self._client.aclose()

    async def _read_round(self, pauses: Pauses) -> None:
        began = clock.monotonic()
        try:
            await self._read([log for log in self._logs.values() if not log.is_behind and not log.is_whole])
        except Exception as error:
            self._note(error)
            await pauses.rest()
        else:
            pauses.over()
            self._note(None)
            # Twice as long as showing took, at least: a loop that is full of it must come to other work.
            await asyncio.sleep(max(self._interval(), 2 * (clock.monotonic() - began)))

    async def _read_one(self, log: FollowedLog) -> None:
        with suppress(*AWAY):
            await self._read([log])

    async def _read(self, logs: list[FollowedLog]) -> None:
        if not logs:
            return
        asked = [(self._key % log.turn, log.known) for log in logs]
        answer = await self._script(args=[json.dumps(asked)])
        by_key = {self._key % log.turn: log for log in logs}
        for key, entries in json.loads(answer) if answer else ():
            by_key[key].take([Entry.read(*entry) for entry in entries])

    async def _check_on(self) -> None:
        """Instead of a stream that does not come: the text of the last checkpoint."""
        while True:
            await self._has_logs.wait()
            await asyncio.sleep(settings.CHATSITE_CHECKPOINT)
            doubtful = [log for log in self._logs.values() if self._is_doubtful(log)]
            if doubtful:
                await self._check(doubtful)

    async def _check(self, logs: list[FollowedLog]) -> None:
        try:
            found = await in_pool("live", partial(running_texts, [log.turn for log in logs]))
        except DatabaseError:
            return  # the background says that it is away
        except Exception:
            logger.exception("running text cannot be compared with the database")
            return
        for log in logs:
            running = found.get(log.turn)
            if running is None or running.text is None:
                self._give_up(log, is_kept_back=running is not None)
            else:
                log.heard_at = clock.monotonic()
                log.become(running.text)
                log.announce()

    def _give_up(self, log: FollowedLog, *, is_kept_back: bool) -> None:
        """It has ended, which its pages are told or find by themselves; or nobody may see it from now on."""
        self._logs.pop(log.turn, None)
        if is_kept_back:
            log.restart()

    def _is_doubtful(self, log: FollowedLog) -> bool:
        return self.is_cut or log.is_behind or clock.monotonic() - log.heard_at > SILENT

    def _interval(self) -> float:
        now = clock.monotonic()
        awaited = any(log.seq == 0 and now - log.began < YOUNG for log in self._logs.values())
        return SOON if awaited else float(settings.CHATSITE_FRAME_INTERVAL) / 2

    def _drop_unwanted(self) -> None:
        for log in self.logs():
            if not log.is_wanted:
                del self._logs[log.turn]
        if not self._logs:
            self._has_logs.clear()

    def _note(self, error: Exception | None) -> None:
        if error is not None and not isinstance(error, AWAY):
            logger.error("running text of other processes cannot be shown", exc_info=error)
        if self.is_cut != (error is not None):
            self.is_cut = error is not None
            event = "running text of other processes comes from " + ("checkpoints" if error else "Redis again")
            logger.warning(event, error=str(error or ""))
