"""An error inside a 200, after text (observed)."""

from collections.abc import Iterator

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.refusals import Refusal
from conversations.sandbox.reply import plain
from conversations.sandbox.steps import Deltas, Done, Fault, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    pieces = tokens.pieces(plain(asked).text)
    yield Deltas(pieces[: len(pieces) // 2])
    yield Fault(Refusal("1234"))
    yield Done()


SCENARIO = Scenario("error-midstream", "Half a reply, then an error frame (1234).", _steps)
