import stat
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from conversations import first_run
from conversations.accounts import add_person
from conversations.models import User

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_data(settings: Settings, tmp_path: Path) -> None:
    settings.CHATSITE_DATA_DIR = tmp_path


class TestAddPerson:
    @pytest.mark.parametrize(
        ("role", "groups", "staff"),
        [
            ("member", {"member"}, False),
            ("reviewer", {"member", "reviewer"}, True),
            ("administrator", {"member", "administrator"}, True),
        ],
    )
    def test_everybody_is_a_member_and_nobody_a_superuser(self, role: str, groups: set[str], staff: bool) -> None:
        person = add_person("ann", PASSWORD, role)
        assert set(person.groups.values_list("name", flat=True)) == groups
        assert (person.is_staff, person.is_superuser) == (staff, False)
        assert person.check_password(PASSWORD)

    @pytest.mark.parametrize("name", ["", "two words", "x" * 151, "nul\0"])
    def test_a_name_that_cannot_be_one_is_refused(self, name: str) -> None:
        with pytest.raises(ValidationError):
            add_person(name, PASSWORD, "member")

    def test_a_name_is_taken_whatever_its_case(self) -> None:
        add_person("ann", PASSWORD, "member")
        with pytest.raises(ValidationError, match="taken"):
            add_person("ANN", PASSWORD, "member")

    @pytest.mark.parametrize("password", ["", "short", "1234567890123", "password1234", "annabella-smith"])
    def test_a_weak_password_is_refused(self, password: str) -> None:
        with pytest.raises(ValidationError):
            add_person("annabella-smith", password, "member")
        assert not User.objects.exists()


class TestFirstRun:
    def test_the_link_makes_the_administrator_once(self) -> None:
        token = first_run.new_token()
        assert token is not None
        assert first_run.is_open(token)
        person = first_run.create_administrator(token, "ann", PASSWORD)
        assert person is not None
        assert person.has_perm("conversations.administer")
        assert not first_run.is_open(token)
        assert first_run.create_administrator(token, "bob", PASSWORD) is None
        assert User.objects.count() == 1

    def test_a_bad_name_leaves_the_link_open(self) -> None:
        token = first_run.new_token() or ""
        with pytest.raises(ValidationError):
            first_run.create_administrator(token, "two words", PASSWORD)
        assert first_run.is_open(token)

    @pytest.mark.parametrize("guess", ["", "guess", "é"])
    def test_a_guess_opens_nothing(self, guess: str) -> None:
        assert not first_run.is_open(guess)
        first_run.new_token()
        assert not first_run.is_open(guess)

    def test_a_new_start_replaces_the_link(self) -> None:
        first, second = first_run.new_token(), first_run.new_token()
        assert first is not None
        assert second is not None
        assert not first_run.is_open(first)
        assert first_run.is_open(second)

    def test_only_a_hash_is_kept_and_only_its_owner_reads_it(self, tmp_path: Path) -> None:
        token = first_run.new_token() or ""
        path = tmp_path / "setup.token"
        assert token not in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_with_an_account_there_is_no_link(self, tmp_path: Path) -> None:
        token = first_run.new_token() or ""
        add_person("ann", PASSWORD, "member")
        assert not first_run.is_open(token)
        assert first_run.new_token() is None
        assert list(tmp_path.iterdir()) == []
