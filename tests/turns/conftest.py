import asyncio
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from conversations import turn_log
from conversations.models import User
from conversations.turns import runner, storing
from tests import people


@pytest.fixture
def ada(db: None) -> User:
    return people.person("ada")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The runner's waits, which end at once; the frames keep their pace."""
    waited: list[float] = []

    async def sleep_no_time(seconds: float) -> None:
        waited.append(seconds)
        await asyncio.sleep(0)

    hurried = SimpleNamespace(**{**vars(asyncio), "sleep": sleep_no_time})
    for module in (runner, storing):
        monkeypatch.setattr(module, "asyncio", hurried)
    yield waited
    turn_log._logs.clear()
