"""One sandbox for all clients."""

from collections.abc import Iterator

import pytest

from tests.sandbox.serving import serving


@pytest.fixture(scope="session")
def sandbox_address() -> Iterator[str]:
    with serving() as address:
        yield address
