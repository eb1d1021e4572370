"""First sights of flags, written down where no database is needed.

A flag may come while the database is away, locked or full, and its process may be killed before that is over: then the
row of the turn knows of no flag, and has the text of its last checkpoint. What is told here outlives both, as a file in
the data directory and, with several processes, in Redis, until somebody has acted on it.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

logger = structlog.get_logger(__name__)

NAME = "flagged-{}.json"


class Place(Protocol):
    """Where sights are kept, by the code of their turn. Nothing here raises because a place is away: another counts."""

    def keep(self, turn: uuid.UUID, told: bytes) -> None: ...

    def read(self, turn: uuid.UUID) -> bytes | None: ...

    def has(self, turn: uuid.UUID) -> bool: ...

    def forget(self, turn: uuid.UUID) -> None: ...

    def turns(self) -> set[uuid.UUID]: ...


class Folder:
    """A file each."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self, turn: uuid.UUID, told: bytes) -> None:
        """On a full disk there is room for a name still, and that alone keeps the text out of sight."""
        try:
            with open(os.open(self._file(turn), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(told)
        except OSError:
            logger.exception("first sight of a flag not written to the data directory", turn=str(turn))

    def read(self, turn: uuid.UUID) -> bytes | None:
        try:
            return self._file(turn).read_bytes()
        except OSError:
            return None

    def has(self, turn: uuid.UUID) -> bool:
        return self._file(turn).exists()

    def forget(self, turn: uuid.UUID) -> None:
        with suppress(OSError):
            self._file(turn).unlink()

    def turns(self) -> set[uuid.UUID]:
        return {uuid.UUID(path.stem.partition("-")[2]) for path in self._path.glob(NAME.format("?" * 32))}

    def _file(self, turn: uuid.UUID) -> Path:
        return self._path / NAME.format(turn.hex)


def keep(turn: uuid.UUID, told: bytes) -> None:
    """So that it outlives this process; quick enough for the event loop."""
    _folder().keep(turn, told)


def share(turn: uuid.UUID, told: bytes) -> None:
    """So that processes on other machines know it, too. It may take seconds to learn that Redis is away."""
    for place in _shared():
        place.keep(turn, told)


def read(turn: uuid.UUID) -> bytes | None:
    """What was told of a turn; empty when there was room for no more than that there is something."""
    return max((told for place in _places() if (told := place.read(turn)) is not None), key=len, default=None)


def has(turn: uuid.UUID) -> bool:
    return any(place.has(turn) for place in _places())


def forget(turn: uuid.UUID) -> None:
    """The flag has been acted on."""
    for place in _places():
        place.forget(turn)


def turns() -> set[uuid.UUID]:
    """All turns of which something is kept."""
    return {turn for place in _places() for turn in place.turns()}


def _places() -> tuple[Place, ...]:
    return _folder(), *_shared()


def _folder() -> Place:
    return Folder(settings.CHATSITE_DATA_DIR)


def _shared() -> tuple[Place, ...]:
    if not settings.REDIS_URL:
        return ()
    # By its name, so that a process that is alone loads nothing of Redis.
    shared: Callable[[str, str], Place] = import_string("conversations.turn_streams.Sightings")
    return (shared(settings.REDIS_URL, settings.CHATSITE_REDIS_PREFIX),)
