"""A flagged conversation: blocked until the guilty turn is left out."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import usual
from conversations.sandbox.steps import Step

from .flagged import flagged
from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    needs_earlier = bool(asked.argument(0, 0))
    earlier = sum(said.role == "user" for said in asked.messages) > 1
    yield from flagged(asked, "history") if earlier or not needs_earlier else usual(asked)


SCENARIO = Scenario(
    "sensitive-history",
    "An earlier turn is judged: as sensitive-user, with role `history`. `-1`: only while one is sent along.",
    _steps,
)
