"""A steady stream for measurements: the second number of deltas at the first number a second."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.steps import Step

from .counted import counted
from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield from counted(asked, asked.argument(1, 500), rate=asked.argument(0, 50))


SCENARIO = Scenario("rate", "`sandbox-rate-50-500`: 500 numbered deltas at 50 a second.", _steps)
