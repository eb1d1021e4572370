"""The database brought to this version of the program, or left exactly as it was."""

import logging
import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from conversations.management.serving.refusal import CannotServe

BACKUPS_KEPT = 3

logger = logging.getLogger(__name__)


def bring_up_to_date(undo: ExitStack, *, always: bool) -> None:
    """Apply pending migrations after copying the file; refuse a database of a newer version.

    `always` runs `migrate` even with nothing pending, so that what hangs on it (shipped facts, permissions)
    is written anew for new code.
    """
    path = Path(settings.DATABASES["default"]["NAME"])
    is_new = not path.exists() or not path.stat().st_size
    if is_new:
        undo.callback(_remove, path)
    undo.callback(connection.close)
    try:
        pending = _pending()
        if pending or always:
            _migrate(_copy(path) if pending and not is_new else None)
    except (DatabaseError, sqlite3.Error) as error:
        raise CannotServe(f"The database {path} cannot be used: {error}.") from error


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    loader = executor.loader
    unknown = sorted(
        f"{app}.{name}"
        for app, name in set(loader.applied_migrations) - set(loader.disk_migrations)
        if app in loader.migrated_apps
    )
    if unknown:
        raise CannotServe(f"The database comes from a newer version of this program (it has {unknown[-1]}).")
    return bool(executor.migration_plan(loader.graph.leaf_nodes()))


def _migrate(copy: Path | None) -> None:
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except Exception as error:
        if copy is None:
            raise CannotServe(f"The database could not be made: {error}") from error
        _put_back(copy)
        raise CannotServe(f"The database could not be updated and is as it was before: {error}") from error


def _copy(path: Path) -> Path:
    """A copy by SQLite's backup call, which also sees the write-ahead log; the last few are kept."""
    folder = path.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / f"{path.stem}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.sqlite3"
    draft = copy.with_suffix(".part")
    try:
        _transfer(path, draft)
        draft.rename(copy)
    except (OSError, sqlite3.Error) as error:
        raise CannotServe(f"The database could not be copied before its update: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    for old in sorted(folder.glob(f"{path.stem}-*.sqlite3"))[:-BACKUPS_KEPT]:
        old.unlink()
    logger.info("The database was copied to %s before its update.", copy)
    return copy


def _put_back(copy: Path) -> None:
    connection.close()
    _transfer(copy, Path(settings.DATABASES["default"]["NAME"]))


def _transfer(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
