"""Appending and verifying, with people who know how to write SQL."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from conversations import clock, crypto, evidence
from conversations.evidence import Fault, Head
from conversations.evidence.chain import Link
from conversations.evidence.seal import Sealed
from conversations.models import EvidenceEntry, EvidenceHead, EvidenceKind, EvidencePayload
from tests import people
from tests.guards import lifted

pytestmark = pytest.mark.django_db

CASE = uuid.uuid4()


def sealed(count: int, case: uuid.UUID = CASE) -> None:
    for number in range(1, count + 1):
        with evidence.recording():
            evidence.add(EvidenceKind.FLAGGED, case, {"number": number, "words": "机密"})


def failing() -> None:
    with evidence.recording():
        evidence.add(EvidenceKind.FLAGGED, CASE, {"kept": False})
        raise ZeroDivisionError


def opened(seq: int) -> dict[str, object]:
    row = EvidencePayload.objects.select_related("entry").get(pk=seq)
    return evidence.open_payload(
        Sealed(row.entry.payload_digest, row.ciphertext, row.data_key or b""), crypto.evidence_keys()
    )


def by_hand(sql: str, *values: object) -> None:
    with lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def fault(**options: object) -> tuple[int, str] | None:
    found = evidence.verify(**options).fault  # type: ignore[arg-type]
    return (found.seq, found.how) if found else None


class TestAppending:
    def test_numbers_entries_and_chains_them(self) -> None:
        sealed(3)
        entries = list(EvidenceEntry.objects.order_by("seq"))
        assert [each.seq for each in entries] == [1, 2, 3]
        assert [each.prev_hash for each in entries] == ["0" * 64, entries[0].hash, entries[1].hash]
        assert evidence.head() == Head(3, entries[2].hash)

    def test_seals_what_it_was_told(self) -> None:
        sealed(1)
        assert opened(1) == {"v": 1, "number": 1, "words": "机密"}
        assert "机密".encode() not in bytes(EvidencePayload.objects.get().ciphertext)

    def test_gives_equal_payloads_different_digests(self) -> None:
        for _ in range(2):
            with evidence.recording():
                evidence.add(EvidenceKind.FLAGGED, CASE, {"same": True})
        assert EvidenceEntry.objects.values("payload_digest").distinct().count() == 2

    def test_needs_a_recording(self) -> None:
        with pytest.raises(RuntimeError):
            evidence.add(EvidenceKind.FLAGGED, CASE, {})

    def test_happens_last_of_all(self) -> None:
        with evidence.recording():
            with evidence.recording():
                evidence.add(EvidenceKind.FLAGGED, CASE, {})
            assert evidence.head().seq == 0
        assert evidence.head().seq == 1

    def test_is_forgotten_with_the_transaction(self) -> None:
        with pytest.raises(ZeroDivisionError):
            failing()
        assert not EvidenceEntry.objects.exists()

    def test_forgets_only_the_part_that_failed(self) -> None:
        with evidence.recording():
            evidence.add(EvidenceKind.FLAGGED, CASE, {"kept": True})
            with pytest.raises(ZeroDivisionError):
                failing()
        assert EvidenceEntry.objects.count() == 1
        assert opened(1)["kept"] is True

    def test_costs_nothing_when_nothing_is_sealed(self, django_assert_num_queries: Callable[..., object]) -> None:
        with django_assert_num_queries(2), evidence.recording():  # type: ignore[attr-defined]
            pass  # the two are those of the savepoint


class TestAWholeChain:
    def test_is_found_whole(self) -> None:
        sealed(3)
        finding = evidence.verify(deep=True)
        assert (finding.count, finding.fault, finding.head) == (3, None, evidence.head())

    def test_may_be_empty(self) -> None:
        assert evidence.verify().fault is None

    def test_passed_through_the_heads_that_were_logged(self) -> None:
        sealed(2)
        known = evidence.head()
        sealed(2)
        assert fault(known=known) is None

    def test_is_whole_after_a_hold_has_ended(self) -> None:
        sealed(2)
        sealed(1, uuid.uuid4())
        assert evidence.end_hold(CASE, people.person(), "period over") == 2
        assert fault(deep=True) is None
        assert EvidencePayload.objects.filter(data_key=None).count() == 2


class TestAChainSomebodyTouched:
    @pytest.mark.parametrize("column", ["payload_digest", "prev_hash", "hash", "kind"])
    def test_names_the_entry_that_was_altered(self, column: str) -> None:
        sealed(4)
        by_hand(f"UPDATE conversations_evidenceentry SET {column} = 'f' WHERE seq = 2")
        assert fault() == (2, "altered")

    def test_names_the_entry_whose_time_was_altered(self) -> None:
        sealed(4)
        by_hand("UPDATE conversations_evidenceentry SET at = %s WHERE seq = 2", str(clock.now()))
        assert fault() == (2, "altered")

    def test_names_the_entry_after_one_that_was_made_anew_with_its_hash(self) -> None:
        sealed(4)
        with lifted():
            entry = EvidenceEntry.objects.get(seq=2)
            link = Link(2, entry.at, "decided", CASE, entry.payload_digest, entry.prev_hash)
            EvidenceEntry.objects.filter(seq=2).update(kind="decided", hash=link.hash())
        assert fault() == (3, "altered")
        assert "entry 2, which was made anew" in (evidence.verify().fault or Fault(0, "cut", "")).words

    @pytest.mark.parametrize("gone", [1, 2, 4])
    def test_names_where_it_was_cut(self, gone: int) -> None:
        sealed(4)
        by_hand("DELETE FROM conversations_evidencepayload WHERE entry_id = %s", gone)
        by_hand("DELETE FROM conversations_evidenceentry WHERE seq = %s", gone)
        assert fault() == (gone, "cut")

    def test_names_where_it_was_cut_and_numbered_anew(self) -> None:
        sealed(4)
        with lifted(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM conversations_evidencepayload WHERE entry_id = 2")
            cursor.execute("DELETE FROM conversations_evidenceentry WHERE seq = 2")
            cursor.execute("UPDATE conversations_evidencepayload SET entry_id = 2 WHERE entry_id = 3")
            cursor.execute("UPDATE conversations_evidenceentry SET seq = 2 WHERE seq = 3")
            cursor.execute("UPDATE conversations_evidencepayload SET entry_id = 3 WHERE entry_id = 4")
            cursor.execute("UPDATE conversations_evidenceentry SET seq = 3 WHERE seq = 4")
        assert fault() == (2, "cut")

    def test_names_entries_that_were_reordered(self) -> None:
        sealed(4)
        by_hand("UPDATE conversations_evidenceentry SET seq = -1 WHERE seq = 2")
        by_hand("UPDATE conversations_evidenceentry SET seq = 2 WHERE seq = 3")
        by_hand("UPDATE conversations_evidenceentry SET seq = 3 WHERE seq = -1")
        found = evidence.verify().fault
        assert found == Fault(2, "reordered", "the entry in this place was sealed as number 3")

    def test_names_a_payload_that_is_missing(self) -> None:
        sealed(3)
        by_hand("DELETE FROM conversations_evidencepayload WHERE entry_id = 3")
        assert fault() == (3, "cut")

    def test_names_a_key_that_was_taken_away_without_a_word(self) -> None:
        sealed(3)
        EvidencePayload.objects.filter(pk=2).update(data_key=None)
        assert fault() == (2, "altered")

    def test_names_a_key_that_was_taken_away_after_the_hold_had_ended(self) -> None:
        sealed(1)
        evidence.end_hold(CASE, people.person(), "period over")
        sealed(1)
        EvidencePayload.objects.filter(pk=3).update(data_key=None)
        assert fault() == (3, "altered")

    def test_needs_the_keys_to_see_a_payload_that_was_altered(self) -> None:
        sealed(3)
        by_hand("UPDATE conversations_evidencepayload SET ciphertext = %s WHERE entry_id = 2", b"x" * 50)
        assert fault() is None
        assert fault(deep=True) == (2, "altered")

    def test_says_when_no_key_opens_a_payload(self, settings: object) -> None:
        sealed(1)
        settings.CHATSITE_EVIDENCE_KEYS = (crypto.fresh_master_key(),)  # type: ignore[attr-defined]
        assert fault(deep=True) == (1, "unreadable")

    def test_is_not_the_one_that_was_logged(self) -> None:
        sealed(2)
        known = Head(2, "0" * 64)
        assert fault(known=known) == (2, "altered")

    def test_is_shorter_than_what_was_logged(self) -> None:
        sealed(4)
        known = evidence.head()
        by_hand("DELETE FROM conversations_evidencepayload WHERE entry_id > 2")
        by_hand("DELETE FROM conversations_evidenceentry WHERE seq > 2")
        EvidenceHead.objects.update(seq=2, hash=EvidenceEntry.objects.get(seq=2).hash)
        assert fault() is None
        assert fault(known=known) == (3, "cut")

    def test_has_an_entry_after_its_end(self) -> None:
        sealed(2)
        EvidenceHead.objects.update(seq=1, hash=EvidenceEntry.objects.get(seq=1).hash)
        assert fault() == (2, "altered")
