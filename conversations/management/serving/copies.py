"""Copies of the database from before an update, in backups/ of the data directory; the last few are kept."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from conversations.management.archive import postgresql
from conversations.management.serving.refusal import CannotServe

KEPT = 3

logger = logging.getLogger(__name__)


def of_file(path: Path) -> Path:
    """By SQLite's backup call, which also sees the write-ahead log."""
    return _made("chatsite", ".sqlite3", partial(transfer, path))


def of_server() -> Path:
    return _made("database", ".sql.gz", postgresql.copy)


def transfer(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)


def _made(name: str, suffix: str, write: Callable[[Path], None]) -> Path:
    folder = Path(settings.CHATSITE_DATA_DIR) / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}{suffix}"
    draft = copy.with_name(copy.name + ".part")
    try:
        write(draft)
        draft.rename(copy)
    except (OSError, sqlite3.Error, CommandError) as error:
        words = f"The database could not be copied before its update: {str(error).rstrip('.')}."
        raise CannotServe(f"{words} Without a copy: CHATSITE_COPY_BEFORE_UPDATE=false.") from error
    finally:
        draft.unlink(missing_ok=True)
    for old in sorted(folder.glob(f"{name}-*{suffix}"))[:-KEPT]:
        old.unlink()
    logger.info("The database was copied to %s before its update.", copy)
    return copy
