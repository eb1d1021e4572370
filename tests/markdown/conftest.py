import signal
from collections.abc import Iterator

import pytest

SECONDS = 20


@pytest.fixture
def _not_for_ever() -> Iterator[None]:
    """A hard stop: what takes longer than this has no bound."""

    def give_up(*_: object) -> None:
        raise TimeoutError(f"took longer than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
