"""GLM's own failure: HTTP 200 and a finish reason instead of an error."""

from collections.abc import Iterator

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import Reply, plain
from conversations.sandbox.steps import Deltas, Done, Finish, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    pieces = tokens.pieces(plain(asked).text)
    begun = pieces[: len(pieces) // 2]
    yield Deltas(begun)
    yield Finish("network_error", Reply("".join(begun)).usage(asked))
    yield Done()


SCENARIO = Scenario("network-error", "Half a reply, then `finish_reason: network_error` in the 200.", _steps)
