"""A flagged conversation: blocked until the guilty turn is left out."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.steps import Step

from .flagged import flagged
from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield from flagged(asked, "history")


SCENARIO = Scenario("sensitive-history", "An earlier turn is judged: as sensitive-user, with role `history`.", _steps)
