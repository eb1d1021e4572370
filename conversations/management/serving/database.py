"""The database brought to this version of the program, or left exactly as it was."""

import sqlite3
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from conversations import guards
from conversations.management.archive import postgresql
from conversations.management.serving import copies
from conversations.management.serving.apart import apart
from conversations.management.serving.postgresql import Membership, named
from conversations.management.serving.refusal import CannotServe


def bring_up_to_date(undo: ExitStack, *, always: bool) -> None:
    """Apply pending migrations; refuse a database of a newer version.

    `always` runs `migrate` even with nothing pending, so that what hangs on it (shipped facts, permissions)
    is written anew for new code.
    """
    undo.callback(connection.close)
    if connection.vendor == "sqlite":
        _bring_file_up_to_date(Path(settings.DATABASES["default"]["NAME"]), undo, always)
    else:
        _bring_server_up_to_date(undo, always)


def _bring_file_up_to_date(path: Path, undo: ExitStack, always: bool) -> None:
    """The file is copied first, and put back as it was when the update fails."""
    is_new = not path.exists() or not path.stat().st_size
    if is_new:
        undo.callback(_remove, path)
    try:
        pending = _pending()
        if pending or always:
            needs_copy = pending and not is_new and settings.CHATSITE_COPY_BEFORE_UPDATE
            _migrate_file(path, copies.of_file(path) if needs_copy else None)
        _refuse_without_guards()
    except (DatabaseError, sqlite3.Error) as error:
        raise CannotServe(f"The database {path} cannot be used: {error}.") from error


def _bring_server_up_to_date(undo: ExitStack, always: bool) -> None:
    """Each migration is a transaction of its own there; one process at a time brings all of them."""
    membership = Membership()
    undo.callback(membership.leave)
    try:
        membership.join()
        with membership.changing():
            pending = _pending()
            if pending or always:
                _migrate_server(pending and postgresql.is_there())
            _refuse_without_guards()
    except DatabaseError as error:
        raise CannotServe(f"{named()} cannot be used: {error}") from error
    finally:
        close_all()


def _migrate_server(needs_copy: bool) -> None:
    copy = copies.of_server() if needs_copy and settings.CHATSITE_COPY_BEFORE_UPDATE else None
    close_all()
    try:
        apart(partial(call_command, "migrate", interactive=False, verbosity=0))
    except Exception as error:
        kept = f" The copy from before is {copy}." if copy else ""
        raise CannotServe(f"{named()} could not be updated, or not to the end: {error}{kept}") from error


def _refuse_without_guards() -> None:
    if missing := guards.missing_guards():
        raise CannotServe(
            f"A trigger that keeps the record from being changed is missing ({missing[0]}). "
            "Find out why; `./chat migrate --skip-checks` puts it back."
        )


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


def _migrate_file(path: Path, copy: Path | None) -> None:
    connection.close()
    try:
        apart(partial(call_command, "migrate", interactive=False, verbosity=0))
    except Exception as error:
        if copy is None:
            raise CannotServe(f"The database could not be made or updated: {error}") from error
        connection.close()
        copies.transfer(copy, path)
        raise CannotServe(f"The database could not be updated and is as it was before: {error}") from error


def close_all() -> None:
    """The connection, and the pool with its threads, beside which no copy of the process can be made."""
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()  # type: ignore[attr-defined]


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
