"""Alice and her neighbour Bob, each with a browser that runs no scripts."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from conversations.models import ReviewCase, User
from tests.people import person, reviewer

from .desk import held


@pytest.fixture(autouse=True)
def _nobody_was_here_before(db: None) -> None:
    """Throttles count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def alice() -> User:
    return person("alice")


@pytest.fixture
def bob() -> User:
    return person("bob")


@pytest.fixture
def browser() -> Callable[[User | None], Client]:
    def open_browser(somebody: User | None = None) -> Client:
        client = Client()
        if somebody is not None:
            client.force_login(somebody, backend="conversations.web.account.AccountBackend")
        return client

    return open_browser


@pytest.fixture
def at_alice(alice: User, browser: Callable[[User | None], Client]) -> Client:
    return browser(alice)


@pytest.fixture
def at_bob(bob: User, browser: Callable[[User | None], Client]) -> Client:
    return browser(bob)


@pytest.fixture
def at_stranger(browser: Callable[[User | None], Client]) -> Client:
    return browser(None)


@pytest.fixture
def judge() -> User:
    return reviewer()


@pytest.fixture
def other() -> User:
    return reviewer()


@pytest.fixture
def at_judge(judge: User, browser: Callable[[User | None], Client]) -> Client:
    return browser(judge)


@pytest.fixture
def at_other(other: User, browser: Callable[[User | None], Client]) -> Client:
    return browser(other)


@pytest.fixture
def case(alice: User) -> ReviewCase:
    return held(alice)
