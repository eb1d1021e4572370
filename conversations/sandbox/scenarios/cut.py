"""A connection that breaks in the middle of a reply."""

from collections.abc import Iterator

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import plain
from conversations.sandbox.steps import Cut, Deltas, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    pieces = tokens.pieces(plain(asked).text)
    yield Deltas(pieces[: len(pieces) // 2])
    yield Cut()


SCENARIO = Scenario("cut", "The connection closes after half the reply.", _steps)
