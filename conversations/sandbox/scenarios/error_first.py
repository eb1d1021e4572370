"""An error inside a 200, before any text (observed)."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.refusals import Refusal
from conversations.sandbox.steps import Done, Fault, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield Fault(Refusal("1302"))
    yield Done()


SCENARIO = Scenario("error-first", "A 200 whose first frame is an error (1302).", _steps)
