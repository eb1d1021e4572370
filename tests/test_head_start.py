"""What lets GLM be asked before the request is answered that brought the question."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from conversations import background
from conversations.background import Background
from conversations.turns.claim import Assignment


def test_a_request_rests_once_its_turn_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else what is left of it would keep the interpreter from asking GLM."""
    seen: list[Any] = []
    loop = SimpleNamespace(call_soon_threadsafe=lambda *call: seen.append(call))
    work, assignment = SimpleNamespace(loop=loop, run=object()), object()
    monkeypatch.setattr("conversations.background.time.sleep", seen.append)
    background._hand_over(cast(Background, work), cast(Assignment, assignment))
    assert seen == [(work.run, assignment), background.HEAD_START]
