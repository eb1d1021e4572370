"""One sandbox for all tests of this folder: what they share is only what the sandbox may remember."""

from collections.abc import Iterator

import pytest

from tests.sandbox.serving import Person, serving


@pytest.fixture(scope="session")
def sandbox_address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def person(sandbox_address: str) -> Iterator[Person]:
    person = Person(sandbox_address)
    with person.http:
        yield person
