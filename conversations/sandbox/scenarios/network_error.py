"""GLM's own failure: HTTP 200 and a finish reason instead of an error."""

from collections.abc import Iterator

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import plain
from conversations.sandbox.steps import Deltas, Done, Finish, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    reply = plain(asked)
    pieces = tokens.pieces(reply.text)
    yield Deltas(pieces[: len(pieces) // 2])
    yield Finish("network_error", reply.usage(asked))
    yield Done()


SCENARIO = Scenario("network-error", "Half a reply, then `finish_reason: network_error` in the 200.", _steps)
