"""Guards: triggers that refuse to change or delete what must stay as it was written.

They catch mistakes and shortcuts, of the program and of people at its database; who drops them on purpose is caught by
the chain of the evidence. SQLite drops a table's triggers silently when a migration rebuilds the table, so they are
made anew after every migrate, and the site refuses to serve while one is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, models, transaction

from conversations.models import AuditEntry, EvidenceEntry, EvidencePayload, Exposure, ReviewEvent

REFUSE = "chatsite_append_only"
BODY = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END"
FUNCTION = f"CREATE OR REPLACE FUNCTION {REFUSE}() RETURNS trigger LANGUAGE plpgsql AS $guard${BODY}$guard$"
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


@dataclass(frozen=True, slots=True)
class Guarded:
    """A table that only grows; with `columns` only these may never change."""

    model: type[models.Model]
    columns: tuple[str, ...] = ()


GUARDED = (
    Guarded(EvidenceEntry),
    Guarded(EvidencePayload, ("entry_id", "ciphertext")),
    Guarded(Exposure),
    Guarded(AuditEntry),
    Guarded(ReviewEvent),
)


def install_guards() -> None:
    """Make the guards that are missing or not what they should be; as often as one likes."""
    wanted = _wanted()
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql" and wanted:
            cursor.execute(FUNCTION)
        for name in missing_guards():
            table, sql = wanted[name]
            cursor.execute(_drop(name, table))
            cursor.execute(sql)


def missing_guards() -> list[str]:
    """The names of guards that are not there or not what they should be; empty when all is well."""
    installed = _in_sqlite() if connection.vendor == "sqlite" else _in_postgresql()
    return sorted(name for name, (_, sql) in _wanted().items() if installed.get(name) != _seen_as(sql))


def drop_guards() -> None:
    """Only for tests, which empty tables."""
    with connection.cursor() as cursor:
        for name, (table, _) in _wanted().items():
            cursor.execute(_drop(name, table))


def _wanted() -> dict[str, tuple[str, str]]:
    """Name, table and statement of every guard whose table exists: migrations may stop in the middle."""
    tables = set(connection.introspection.table_names())
    found = {}
    for guarded in GUARDED:
        table = guarded.model._meta.db_table
        for verb in VERBS[connection.vendor] if table in tables else ():
            name = f"guard_{table}_{verb.lower()}"
            found[name] = (table, _statement(name, table, verb, guarded.columns))
    return found


def _statement(name: str, table: str, verb: str, columns: tuple[str, ...]) -> str:
    what = f"UPDATE OF {', '.join(columns)}" if verb == "UPDATE" and columns else verb
    if connection.vendor == "sqlite":
        refusal = f"SELECT RAISE(ABORT, '{table} is append-only')"
        return f"CREATE TRIGGER {name} BEFORE {what} ON {table} BEGIN {refusal}; END"
    each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    return f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH {each} EXECUTE FUNCTION {REFUSE}()"


def _drop(name: str, table: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}")


def _seen_as(sql: str) -> str:
    """A statement as the database tells it."""
    return sql if connection.vendor == "sqlite" else sql + BODY


def _in_sqlite() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _in_postgresql() -> dict[str, str]:
    """Definition and body of the triggers that are switched on."""
    query = (
        "SELECT t.tgname, pg_get_triggerdef(t.oid, true), p.prosrc FROM pg_trigger t"
        " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: definition + body for name, definition, body in cursor.fetchall()}
