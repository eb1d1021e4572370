"""Turn logs that other processes can read: one Redis stream a turn. Loaded where REDIS_URL is set."""

from .streams import Streams

__all__ = ["Streams"]
