"""As many deltas as the connection takes, several in one write."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.steps import Step

from .counted import counted
from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield from counted(asked, asked.argument(0, 5_000), rate=0)


SCENARIO = Scenario("flood", "5,000 numbered deltas at full speed; `sandbox-flood-300` has 300.", _steps)
