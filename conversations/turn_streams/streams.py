"""The shelf of logs that several processes share: each writes its own, and reads those that its pages look at."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from redis.exceptions import ResponseError

from conversations import redis_link
from conversations.present import OpenText
from conversations.redis_link import AWAY
from conversations.turn_log import TurnLog

from .entries import END, Entry, grown
from .reader import Reader
from .shared import SharedLog
from .writer import Writer

# An id that nothing comes after: whoever still believes to be the writer of such a stream is refused.
LAST_ID = f"{2**64 - 1}-0"


class Streams:
    """Nothing here raises or waits because Redis is away, but `follow`, which asks the database."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self._key = f"{prefix}:turn:%s"
        self._writer: Writer | None = None
        self._reader: Reader | None = None

    @property
    def is_cut(self) -> bool:
        return any(each is not None and each.is_cut for each in (self._writer, self._reader))

    def begin(self, turn: uuid.UUID, reply: uuid.UUID, owner: uuid.UUID) -> TurnLog:
        return SharedLog(turn, reply, owner, self._moved)

    def stored(self, log: TurnLog, seq: int) -> None:
        if isinstance(log, SharedLog):
            log.stored(seq)

    def ended(self, log: TurnLog) -> None:
        if isinstance(log, SharedLog):
            log.ended()

    async def follow(self, turn: uuid.UUID) -> TurnLog | None:
        return await self._at_home_reader().follow(turn)

    def followed(self) -> Iterable[TurnLog]:
        return self._reader.logs() if self._reader is not None else ()

    def rescue(self, turn: uuid.UUID, stored: OpenText) -> OpenText:
        """The text that a dead writer left, from the checkpoint on. Its stream takes no more from now on."""
        client = redis_link.blocking_link(self._url)
        key = self._key % turn
        try:
            with suppress(ResponseError):  # an earlier attempt has closed it
                client.xadd(key, {"head": f"0 0 {END}", "text": ""}, id=LAST_ID, nomkstream=True)
            found: Any = client.xrange(key)
        except AWAY:
            return stored
        finally:
            client.close()
        return grown(stored, [_entry(*each) for each in found if each[0] != LAST_ID.encode()])

    async def close(self) -> None:
        writer, reader, self._writer, self._reader = self._writer, self._reader, None, None
        for each in (writer, reader):
            if each is not None:
                await each.close()

    def _moved(self, log: SharedLog) -> None:
        loop = asyncio.get_running_loop()
        if self._writer is None or self._writer.loop is not loop:
            self._writer = Writer(loop, self._url, self._key)
        self._writer.note(log)

    def _at_home_reader(self) -> Reader:
        loop = asyncio.get_running_loop()
        if self._reader is None or self._reader.loop is not loop:
            self._reader = Reader(loop, self._url, self._key)
        return self._reader


def _entry(entry_id: bytes, fields: dict[bytes, bytes]) -> Entry:
    return Entry.read(entry_id.decode(), fields[b"head"].decode(), fields[b"text"].decode())
