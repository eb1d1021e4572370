"""The database refuses to change what must stay as it was written."""

import uuid
from collections.abc import Callable

import pytest
from django.core import checks
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from conversations import clock, evidence, guards
from conversations.models import (
    AuditEntry,
    EvidenceEntry,
    EvidenceKind,
    EvidencePayload,
    Exposure,
    ReviewCase,
    ReviewEvent,
)
from tests import people
from tests.guards import lifted

pytestmark = pytest.mark.django_db


def entry() -> EvidenceEntry:
    with evidence.recording():
        evidence.add(EvidenceKind.FLAGGED, uuid.uuid4(), {})
    return EvidenceEntry.objects.get()


def audit() -> AuditEntry:
    return AuditEntry.write(people.person(), "looked", "x")


def event() -> ReviewEvent:
    people.withheld(people.person())
    return ReviewEvent.objects.get(case=ReviewCase.objects.get())


def exposure() -> Exposure:
    return Exposure.objects.create(message_code=uuid.uuid4(), how="page", at=clock.now())


ROWS = [entry, audit, event, exposure]


def refused(act: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            act()
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


@pytest.mark.parametrize("row", ROWS)
def test_a_row_that_was_written_is_never_changed(row: Callable[[], models.Model]) -> None:
    written = row()
    same = type(written)._default_manager.filter(pk=written.pk)
    assert refused(lambda: same.update(at=clock.now()))


@pytest.mark.parametrize("row", ROWS)
def test_a_row_that_was_written_is_never_deleted(row: Callable[[], models.Model]) -> None:
    written = row()
    rows = type(written)._default_manager.filter(pk=written.pk)
    assert refused(lambda: rows._raw_delete(rows.db))
    assert rows.exists()


def test_a_payload_gets_another_key_and_nothing_else() -> None:
    entry()
    payload = EvidencePayload.objects.filter()
    assert payload.update(data_key=b"locked anew") == 1
    assert refused(lambda: payload.update(ciphertext=b""))
    assert refused(lambda: payload._raw_delete(payload.db))


@pytest.mark.stores  # SQLite has no TRUNCATE
def test_a_table_is_never_emptied() -> None:
    with connection.cursor() as cursor:
        assert refused(lambda: cursor.execute("TRUNCATE conversations_auditentry"))


class TestAGuard:
    def name(self) -> str:
        return "guard_conversations_auditentry_update"

    def drop(self) -> None:
        of = "" if connection.vendor == "sqlite" else " ON conversations_auditentry"
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {self.name()}{of}")

    def test_stands_after_every_migrate(self) -> None:
        assert guards.missing_guards() == []

    def test_is_missed_and_put_back(self) -> None:
        self.drop()
        assert guards.missing_guards() == [self.name()]
        guards.install_guards()
        assert guards.missing_guards() == []
        assert refused(lambda: AuditEntry.objects.filter(pk=audit().pk).update(reason="other"))

    def test_that_does_nothing_is_missed_too(self) -> None:
        self.drop()
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                what = "BEFORE UPDATE ON conversations_auditentry BEGIN SELECT 1; END"
            else:
                cursor.execute("CREATE FUNCTION idle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
                what = "BEFORE UPDATE ON conversations_auditentry FOR EACH ROW EXECUTE FUNCTION idle()"
            cursor.execute(f"CREATE TRIGGER {self.name()} {what}")
        assert guards.missing_guards() == [self.name()]
        guards.install_guards()
        assert guards.missing_guards() == []

    @pytest.mark.stores  # SQLite switches no triggers off
    def test_that_is_switched_off_is_missed_too(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE conversations_auditentry DISABLE TRIGGER {self.name()}")
        assert guards.missing_guards() == [self.name()]

    def test_that_is_missing_is_an_error_of_the_system_check(self) -> None:
        assert checks.run_checks(tags=["database"], databases=["default"]) == []
        self.drop()
        found = checks.run_checks(tags=["database"], databases=["default"])
        assert [(each.id, self.name() in each.msg) for each in found] == [("chatsite.E003", True)]
        guards.install_guards()

    def test_is_not_looked_for_where_no_database_is(self) -> None:
        with lifted():
            assert checks.run_checks(tags=["database"]) == []

    def test_comes_back_with_migrate(self) -> None:
        self.drop()
        call_command("migrate", verbosity=0)
        assert guards.missing_guards() == []
