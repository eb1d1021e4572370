"""First sights of flags for processes that have no data directory in common: one hash with a field for each turn."""

from __future__ import annotations

import uuid
from typing import Any

import structlog

from conversations import redis_link
from conversations.redis_link import AWAY

logger = structlog.get_logger(__name__)

KEPT_FOR = 30 * 24 * 3600  # seconds; what nobody has acted on by then belongs to a database that is gone


class Sightings:
    """Any thread may ask. While Redis is away there is nothing in it; what it has is found when it is back."""

    def __init__(self, url: str, prefix: str) -> None:
        self._client: Any = redis_link.shared_link(url)
        self._key = f"{prefix}:flagged"

    def keep(self, turn: uuid.UUID, told: bytes) -> None:
        try:
            self._client.hset(self._key, turn.hex, told)
            self._client.expire(self._key, KEPT_FOR)
        except AWAY as error:
            logger.warning("first sight of a flag not told to Redis", turn=str(turn), error=str(error))

    def read(self, turn: uuid.UUID) -> bytes | None:
        try:
            told: bytes | None = self._client.hget(self._key, turn.hex)
        except AWAY:
            return None
        return told

    def has(self, turn: uuid.UUID) -> bool:
        try:
            return bool(self._client.hexists(self._key, turn.hex))
        except AWAY:
            return False

    def forget(self, turn: uuid.UUID) -> None:
        try:
            self._client.hdel(self._key, turn.hex)
        except AWAY as error:
            logger.warning("first sight of a flag not forgotten by Redis", turn=str(turn), error=str(error))

    def turns(self) -> set[uuid.UUID]:
        try:
            return {uuid.UUID(field.decode()) for field in self._client.hkeys(self._key)}
        except AWAY:
            return set()
