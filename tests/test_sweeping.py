"""One row that cannot be acted on keeps nothing of the others from its turn."""

import pytest
from django.db import OperationalError

from conversations import sweeping
from conversations.models import User


def act(person: User) -> bool:
    if person.username == "broken":
        raise ValueError("what is stored cannot be read")
    if person.username == "away":
        raise OperationalError("the connection is lost")
    return person.username != "idle"


def rows(*names: str) -> list[User]:
    return [User(pk=n, username=name) for n, name in enumerate(names)]


def test_what_stands_behind_a_broken_row_has_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    assert sweeping.count(act, rows("a", "broken", "idle", "b")) == 2
    assert "left to the next sweep" in caplog.text


def test_a_database_that_is_away_ends_the_sweep() -> None:
    with pytest.raises(OperationalError):
        sweeping.count(act, rows("a", "away", "b"))
