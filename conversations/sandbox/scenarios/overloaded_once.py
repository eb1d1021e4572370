"""Overload that is gone when the same conversation is sent again."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.refusals import Refusal
from conversations.sandbox.reply import usual
from conversations.sandbox.steps import Refuse, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    if asked.attempt % 2:
        yield Refuse(Refusal("1305"))
    yield from usual(asked)


SCENARIO = Scenario(
    "overloaded-once",
    "429 with 1305 at the first try, a usual answer at the second, and so on in turn.",
    _steps,
)
