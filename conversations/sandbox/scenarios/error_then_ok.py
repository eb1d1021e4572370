"""A failure inside a 200, before any text, that is gone at the next try."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.refusals import Refusal
from conversations.sandbox.reply import usual
from conversations.sandbox.steps import Done, Fault, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    if asked.attempt % 2:
        yield Fault(Refusal("1234"))
        yield Done()
    else:
        yield from usual(asked)


SCENARIO = Scenario(
    "error-then-ok", "An error frame (1234) in a 200 at the first try, a usual answer at the second.", _steps
)
