"""What sockets had sent of a flagged reply is written down for all of them together, and none is left out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

import pytest

from conversations import clock
from conversations.live import exposure
from conversations.models import SeenBy
from conversations.moderation import Seen


def seen(session: str) -> Seen:
    return Seen(uuid.UUID(int=1), uuid.UUID(int=2), session, SeenBy.SOCKET, 200, clock.now())


async def test_what_is_noted_while_the_database_writes_is_written_after_that(monkeypatch: pytest.MonkeyPatch) -> None:
    first, late, written = seen("first"), seen("late"), []

    async def write(_work: Callable[..., None], told: Sequence[Seen]) -> None:
        written.append(list(told))
        if len(written) == 1:
            exposure.note(late)

    monkeypatch.setattr(exposure, "db", write)
    monkeypatch.setattr(exposure, "TOGETHER", 0)
    exposure.note(first)
    assert exposure._task is not None
    await exposure._task
    assert written == [[first], [late]]
