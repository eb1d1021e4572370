"""Deltas that a test lets through: where a reply stands is a fact, not a matter of time."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.refusals import Refusal
from conversations.sandbox.steps import Refuse, Step

from .counted import counted
from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    if not asked.prompt.gate:
        yield Refuse(Refusal("1214", "sandbox-gated needs gate:<id> in the prompt"))
    yield from counted(asked, asked.argument(0, 20), rate=0)


SCENARIO = Scenario(
    "gated",
    "20 numbered deltas (`sandbox-gated-50` has 50), each waiting for the gate that `gate:<id>` names.",
    _steps,
)
