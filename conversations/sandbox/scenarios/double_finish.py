"""Two chunks with a finish reason (observed on glm-4-plus, there with tool calls)."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import compose, spoken
from conversations.sandbox.steps import Done, Finish, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    reply = compose(asked)
    yield from spoken(reply)
    yield Finish(reply.finish)
    yield Finish(reply.finish, reply.usage(asked))
    yield Done()


SCENARIO = Scenario("double-finish", "Two finishing chunks, the usage in the second.", _steps)
