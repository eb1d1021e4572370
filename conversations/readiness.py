"""Whether the database is there and as this version needs it: for whoever serves pages, and for workers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import structlog
from django.db import close_old_connections, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from conversations import guards

FINE = "ok"
SILENT = "no answer"

logger = structlog.get_logger(__name__)

Report = dict[str, str]


class Unready(Exception):
    """The text is a phrase for everybody."""


def answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def is_migrated() -> None:
    """Migrations of a newer version are no fault: in a rolling upgrade the old processes go on for a while."""
    pending = _own_migrations() - set(MigrationRecorder(connection).applied_migrations())
    if pending:
        raise Unready(f"not up to date, {len(pending)} to apply")


def is_guarded() -> None:
    """What must stay as it was written cannot be changed."""
    if missing := guards.missing_guards():
        raise Unready(f"{len(missing)} missing")


@cache
def _own_migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


# In this order, on one thread; behind the first that fails nothing is asked.
DATABASE_CHECKS: dict[str, Callable[[], None]] = {"database": answers, "schema": is_migrated, "guards": is_guarded}


def look_at_database() -> Report:
    report: Report = {}
    try:
        for name, check in DATABASE_CHECKS.items():
            report[name] = _phrase(name, check)
            if report[name] != FINE:
                break
    finally:
        close_old_connections()  # where connections are pooled it is given back at once
    return report


def _phrase(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Unready as reason:
        return str(reason)
    except Exception:
        logger.warning("readiness check failed", check=name, exc_info=True)
        return "failed"
    return FINE
