"""The other form of an error inside a 200: a named event (observed)."""

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
    yield Fault(Refusal("1234"), is_event=True)
    yield Done()


SCENARIO = Scenario("event-error", "Half a reply, then `event: error` with code 1234 and a `request_id`.", _steps)
