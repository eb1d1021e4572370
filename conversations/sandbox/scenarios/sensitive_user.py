"""A flagged prompt: the only chunk has the role `user`, a filter and no usage (observed)."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.steps import Step

from .flagged import flagged
from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield from flagged(asked, "user")


SCENARIO = Scenario(
    "sensitive-user",
    "The input is judged: finish `sensitive` in the first chunk, 400 with 1301 without a stream.",
    _steps,
)
