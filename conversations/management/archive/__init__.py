"""Backups: one file with database and media, its keys apart, and the way back."""

from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from django.db import connection

from . import postgresql, sqlite


class Engine(Protocol):
    """What a backup asks of a kind of database. Whatever fails is a CommandError with a sentence for the operator."""

    NAME: str
    ENGINE: str

    def save(self, target: Path) -> tuple[list[list[str]], int]: ...
    def check(self, source: Path) -> tuple[list[list[str]], int | None]: ...
    def is_there(self) -> bool: ...
    def refuse_if_used(self, undo: ExitStack) -> None: ...
    def keep(self, folder: Path) -> None: ...
    def load(self, source: Path) -> None: ...


def engine() -> Engine:
    """That of the configured database."""
    return postgresql if connection.vendor == "postgresql" else sqlite
