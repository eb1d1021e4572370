"""A stream that ends without `[DONE]`."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import usual
from conversations.sandbox.steps import Done, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield from (step for step in usual(asked) if step != Done())


SCENARIO = Scenario("no-done", "A whole reply with its finish reason, but no `[DONE]`.", _steps)
