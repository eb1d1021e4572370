"""How often Redis is told what grew."""

from __future__ import annotations

import uuid

from conversations import turn_log
from conversations.turn_streams import writer


def test_a_crowd_is_told_as_often_as_it_is_shown() -> None:
    alone = writer.pause()
    turns = [uuid.uuid4() for _ in range(2 * turn_log.FEW)]
    try:
        for turn in turns:
            turn_log.begin(turn, uuid.uuid4(), uuid.uuid4())
        assert writer.pause() == 2 * alone
    finally:
        for turn in turns:
            turn_log.drop(turn)
