import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from conversations import first_run
from conversations.accounts import add_person
from conversations.models import User

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


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
        token = first_run.current_token()
        assert token is not None
        assert first_run.is_open(token)
        person = first_run.create_administrator(token, "ann", PASSWORD)
        assert person is not None
        assert person.has_perm("conversations.administer")
        assert not first_run.is_open(token)
        assert first_run.create_administrator(token, "bob", PASSWORD) is None
        assert User.objects.count() == 1

    def test_a_bad_name_leaves_the_link_open(self) -> None:
        token = first_run.current_token() or ""
        with pytest.raises(ValidationError):
            first_run.create_administrator(token, "two words", PASSWORD)
        assert first_run.is_open(token)

    @pytest.mark.parametrize("guess", ["", "guess", "é"])
    def test_a_guess_opens_nothing(self, guess: str) -> None:
        assert not first_run.is_open(guess)
        first_run.current_token()
        assert not first_run.is_open(guess)

    def test_all_processes_have_the_same_link_and_another_site_another(self, settings: Settings) -> None:
        token = first_run.current_token()
        assert token == first_run.current_token()
        settings.SECRET_KEY = "of another site"
        assert not first_run.is_open(token or "")
        assert first_run.current_token() != token

    @pytest.mark.stores
    def test_two_people_in_two_processes_take_turns(self) -> None:
        token = first_run.current_token() or ""
        with CaptureQueriesContext(connection) as asked:
            first_run.create_administrator(token, "ann", PASSWORD)
        statements = [each["sql"] for each in asked]
        locks = next(number for number, sql in enumerate(statements) if "FOR UPDATE" in sql)
        looks = next(number for number, sql in enumerate(statements) if "conversations_user" in sql)
        assert locks < looks

    def test_with_an_account_there_is_no_link(self) -> None:
        token = first_run.current_token() or ""
        add_person("ann", PASSWORD, "member")
        assert not first_run.is_open(token)
        assert first_run.current_token() is None
