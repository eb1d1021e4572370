"""A restarted answer: the first one breaks off inside a frame, the second begins there (observed in 2026)."""

from collections.abc import Iterator

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import plain, usual
from conversations.sandbox.steps import Deltas, Restart, Step, Torn

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    pieces = tokens.pieces(plain(asked).text)
    yield Deltas(pieces[:5])
    yield Torn("".join(pieces[5:6]))
    yield Restart()
    yield from usual(asked)


SCENARIO = Scenario("glued", "A frame torn in mid-JSON, glued to a restarted answer with a new id.", _steps)
