import stat
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import Settings

from conversations import crypto


@dataclass(frozen=True)
class Person:
    code: uuid.UUID


ANN, BOB = Person(uuid.UUID(int=1)), Person(uuid.UUID(int=2))


@pytest.fixture(autouse=True)
def _own_data(settings: Settings, tmp_path: Path) -> None:
    settings.CHATSITE_DATA_DIR = tmp_path


def test_a_pseudonym_is_lasting_distinct_and_fits_user_id() -> None:
    assert crypto.pseudonym(ANN) == crypto.pseudonym(ANN) != crypto.pseudonym(BOB)
    assert 6 <= len(crypto.pseudonym(ANN)) <= 128
    assert int(crypto.pseudonym(ANN), 16)


def test_it_tells_nothing_of_the_code() -> None:
    assert crypto.pseudonym(ANN) not in str(ANN.code)


def test_another_secret_key_leaves_it_as_it_was(settings: Settings) -> None:
    before = crypto.pseudonym(ANN)
    settings.SECRET_KEY = "another"
    assert crypto.pseudonym(ANN) == before


def test_another_installation_knows_people_by_other_names(settings: Settings, tmp_path: Path) -> None:
    before = crypto.pseudonym(ANN)
    (tmp_path / "other").mkdir()
    settings.CHATSITE_DATA_DIR = tmp_path / "other"
    assert crypto.pseudonym(ANN) != before


def test_a_key_is_written_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "some.key"
    assert crypto.read_key(path) == ""
    assert crypto.keep_key(path, "first") == "first"
    assert crypto.keep_key(path, "second") == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
