"""Many deltas at a pace that can be watched."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.steps import Step

from .counted import counted
from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield from counted(asked, asked.argument(0, 5_000), rate=500)


SCENARIO = Scenario("long", "5,000 numbered deltas at 500 a second; `sandbox-long-300` has 300.", _steps)
