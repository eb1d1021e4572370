"""Tables that only grow, in tests that empty all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management.commands import flush

from conversations import guards


@contextmanager
def lifted() -> Iterator[None]:
    """Without guards, for somebody with the rights of the database's owner."""
    guards.drop_guards()
    try:
        yield
    finally:
        guards.install_guards()


@pytest.fixture(autouse=True, scope="session")
def _flush_lifts_guards() -> Iterator[None]:
    """Served-like tests empty the database after themselves; the migrate signal that follows puts the guards back."""
    real = flush.Command.handle

    def handle(self: flush.Command, **options: Any) -> None:
        with lifted():
            real(self, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", handle)
        yield
