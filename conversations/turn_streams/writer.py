"""Tells Redis what grew here: one call for all replies of the process, at the pace of their frames."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from conversations import redis_link, turn_log
from conversations.redis_link import AWAY, Pauses

from .entries import Entry
from .shared import SharedLog

logger = structlog.get_logger(__name__)

KEPT_FOR = 3600  # seconds that a stream lives behind its last entry,
KEPT_STORED = 60  # and behind the end of its turn
WRITE = (Path(__file__).parent / "write.lua").read_text(encoding="utf-8")

Batch = list[tuple[SharedLog, list[Entry]]]


def pause() -> float:
    """Seconds between two calls: as between two frames of a reply, so that each call has a piece of every one."""
    return float(settings.CHATSITE_FRAME_INTERVAL) * turn_log.crowding(turn_log.written_count())


class Writer:
    """Lives on `loop`. `is_cut` while Redis does not take what is told."""

    def __init__(self, loop: asyncio.AbstractEventLoop, url: str, key: str) -> None:
        self.loop = loop
        self.is_cut = False
        self._url, self._key = url, key
        self._moved: set[SharedLog] = set()
        self._has_moved = asyncio.Event()
        self._is_urgent = asyncio.Event()
        self._task = loop.create_task(self._write_on())

    def note(self, log: SharedLog) -> None:
        self._moved.add(log)
        self._has_moved.set()
        if log.is_urgent:
            self._is_urgent.set()

    async def close(self) -> None:
        await redis_link.end(self._task)

    async def _write_on(self) -> None:
        client = redis_link.link(self._url)
        script, pauses = client.register_script(WRITE), Pauses()
        try:
            while redis_link.goes_on():
                await self._has_moved.wait()
                self._has_moved.clear()
                self._is_urgent.clear()
                try:
                    await self._write(script)
                except Exception as error:
                    self._note(error)
                    await pauses.rest()
                else:
                    pauses.over()
                    self._note(None)
                    await self._rest()
        finally:
            await client.aclose()

    async def _rest(self) -> None:
        """What comes meanwhile is told together."""
        with suppress(TimeoutError):
            async with asyncio.timeout(pause()):
                await self._is_urgent.wait()

    async def _write(self, script: Any) -> None:
        moved, self._moved = self._moved, set()
        batch: Batch = [(log, log.pending()) for log in moved if not log.is_refused]
        if not batch:
            return
        try:
            refused = await script(args=[self._packed(batch)])
        except Exception:
            self._moved |= moved
            self._has_moved.set()
            raise
        self._learn(batch, {key.decode(): last.decode() for key, last in refused})

    def _packed(self, batch: Batch) -> bytes:
        told = [
            (
                self._key % log.turn,
                log.keeps_from,
                KEPT_STORED if log.is_stored else KEPT_FOR,
                [(entry.id, entry.head, entry.text) for entry in entries],
            )
            for log, entries in batch
        ]
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def _learn(self, batch: Batch, refused: dict[str, str]) -> None:
        for log, entries in batch:
            last = refused.get(self._key % log.turn)
            if last is None:
                log.was_told(entries)
            else:
                log.was_refused(last)
                if log.is_refused:
                    logger.warning("a turn has another writer", turn=str(log.turn), last=last)
                else:
                    self.note(log)

    def _note(self, error: Exception | None) -> None:
        if error is not None and not isinstance(error, AWAY):
            logger.error("running text cannot be told", exc_info=error)
        if self.is_cut != (error is not None):
            self.is_cut = error is not None
            event = "Redis takes no running text; checkpoints go on" if error else "Redis takes running text again"
            logger.warning(event, error=str(error or ""))
