import asyncio
from collections.abc import Iterator

import pytest

from conversations import turn_log
from conversations.models import User
from conversations.turns import runner
from tests import people


@pytest.fixture
def ada(db: None) -> User:
    return people.person("ada")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The runner's waits, which end at once."""
    waited: list[float] = []
    sleep = asyncio.sleep

    async def sleep_no_time(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    monkeypatch.setattr(runner.asyncio, "sleep", sleep_no_time)
    yield waited
    turn_log._logs.clear()
