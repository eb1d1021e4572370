"""The usage of newer models: a chunk without choices (observed in 2026)."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import compose, spoken
from conversations.sandbox.steps import Done, Finish, Step, UsageAlone

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    reply = compose(asked)
    yield from spoken(reply)
    yield Finish(reply.finish)
    yield UsageAlone(reply.usage(asked))
    yield Done()


SCENARIO = Scenario("usage-separate", "Usage in a chunk of its own with `choices: []`, after the finish.", _steps)
