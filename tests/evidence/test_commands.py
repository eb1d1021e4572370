"""`./chat verify-evidence` and `./chat rotate-keys`."""

import re
import stat
import uuid
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from conversations import checks, crypto, evidence
from conversations.models import EvidenceEntry, EvidenceKind, EvidencePayload
from tests.guards import lifted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    settings.CHATSITE_DATA_DIR = tmp_path
    return tmp_path


def sealed() -> None:
    with evidence.recording():
        evidence.add(EvidenceKind.FLAGGED, uuid.uuid4(), {"text": "kept"})


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


class TestVerifyEvidence:
    def test_says_where_the_chain_ends(self) -> None:
        sealed()
        assert re.fullmatch(r"1 entries are whole\. The chain ends with 1:[0-9a-f]{64}\n", said("verify_evidence"))

    def test_takes_a_head_as_it_was_said(self) -> None:
        sealed()
        head = said("verify_evidence").split()[-1]
        sealed()
        assert "2 entries are whole" in said("verify_evidence", "--from-head", head, "--deep")

    def test_names_the_first_bad_entry_and_how_it_is_bad(self) -> None:
        sealed()
        with lifted():
            EvidenceEntry.objects.update(kind="decided")
        with pytest.raises(CommandError, match=r"Entry 1 is altered: its content does not fit its hash\.") as raised:
            said("verify_evidence")
        assert raised.value.returncode == 1

    @pytest.mark.parametrize("head", ["1", "x:y", "1:" + "g" * 64, "one:" + "0" * 64])
    def test_refuses_what_is_no_head(self, head: str) -> None:
        with pytest.raises(CommandError, match="SEQ:HASH"):
            said("verify_evidence", "--from-head", head)


class TestKeys:
    def test_are_made_once_for_the_owner_alone(self, data: Path) -> None:
        sealed()
        path = data / "evidence.keys"
        first = path.read_text()
        sealed()
        assert path.read_text() == first
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_come_from_the_environment_when_they_are_set(self, data: Path, settings: Any) -> None:
        settings.CHATSITE_EVIDENCE_KEYS = (crypto.fresh_master_key(),)
        sealed()
        assert not (data / "evidence.keys").exists()
        assert evidence.verify(deep=True).fault is None

    def test_that_are_none_are_an_error_of_the_system_check(self, settings: Any) -> None:
        settings.CHATSITE_EVIDENCE_KEYS = ("short",)
        assert [each.id for each in checks.evidence_keys_fit()] == ["chatsite.E002"]


class TestRotateKeys:
    def test_puts_every_payload_under_a_fresh_key(self, data: Path) -> None:
        sealed()
        before = bytes(EvidencePayload.objects.get().data_key or b"")
        assert "1 payloads are under the newest of 2 keys" in said("rotate_keys")
        assert bytes(EvidencePayload.objects.get().data_key or b"") != before
        newest = (data / "evidence.keys").read_text().split()[0]
        assert crypto.KeyRing((newest,)).unlock(bytes(EvidencePayload.objects.get().data_key or b""))
        assert evidence.verify(deep=True).fault is None

    def test_forgets_the_older_keys_when_told(self, data: Path) -> None:
        sealed()
        old = (data / "evidence.keys").read_text().strip()
        said("rotate_keys", "--forget-old")
        kept = (data / "evidence.keys").read_text().split()
        assert len(kept) == 1
        assert kept != [old]
        assert evidence.verify(deep=True).fault is None

    def test_takes_the_first_of_the_keys_that_are_set(self, settings: Any) -> None:
        old, new = crypto.fresh_master_key(), crypto.fresh_master_key()
        settings.CHATSITE_EVIDENCE_KEYS = (old,)
        sealed()
        settings.CHATSITE_EVIDENCE_KEYS = (new, old)
        said("rotate_keys")
        settings.CHATSITE_EVIDENCE_KEYS = (new,)
        assert evidence.verify(deep=True).fault is None

    def test_forgets_nothing_that_is_set_by_the_environment(self, settings: Any) -> None:
        settings.CHATSITE_EVIDENCE_KEYS = (crypto.fresh_master_key(),)
        with pytest.raises(CommandError, match="take the older ones out there"):
            said("rotate_keys", "--forget-old")

    def test_forgets_nothing_while_a_payload_stays_closed(self, data: Path) -> None:
        sealed()
        crypto.replace_keys(crypto.evidence_key_file(), (crypto.fresh_master_key(),))
        with pytest.raises(CommandError, match="nothing was forgotten"):
            said("rotate_keys", "--forget-old")
        assert len((data / "evidence.keys").read_text().split()) == 2

    def test_leaves_alone_what_was_shredded(self) -> None:
        sealed()
        EvidencePayload.objects.update(data_key=None)
        assert "0 payloads" in said("rotate_keys")
