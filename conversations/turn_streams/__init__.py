"""Turn logs that other processes can read: one Redis stream a turn. Loaded where REDIS_URL is set."""

from .sightings import Sightings
from .streams import Streams

__all__ = ["Sightings", "Streams"]
