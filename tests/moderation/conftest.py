"""A case, its author, and people who may decide on it."""

import datetime as dt
from collections.abc import Callable

import pytest

from conversations import clock
from conversations.models import ReviewCase, User
from tests import people

Later = Callable[..., None]


@pytest.fixture
def ada() -> User:
    return people.person("ada")


@pytest.fixture
def judge() -> User:
    return people.reviewer()


@pytest.fixture
def other() -> User:
    return people.reviewer()


@pytest.fixture
def case(ada: User) -> ReviewCase:
    return people.case_of(people.withheld(ada, level=1).reply)


@pytest.fixture
def worst(ada: User) -> ReviewCase:
    """A case of level 0, whose release needs two."""
    return people.case_of(people.withheld(ada, level=0).reply)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Move the clock on."""
    moved = dt.timedelta()
    real = clock.now

    def move(**how_much: float) -> None:
        nonlocal moved
        moved += dt.timedelta(**how_much)
        monkeypatch.setattr(clock, "now", lambda: real() + moved)

    return move
