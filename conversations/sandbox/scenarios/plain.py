"""Text and nothing else."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import plain, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield from usual(asked, plain(asked))


SCENARIO = Scenario("plain", "A useful answer, without reasoning.", _steps)
