"""Separators that some libraries take for line ends."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import Reply, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario

TEXT = "one\u2028two\u2029three\u0085four, and still every frame is whole.\n"


def _steps(asked: Asked) -> Iterator[Step]:
    yield from usual(asked, Reply(TEXT))


SCENARIO = Scenario("u2028", "Raw U+2028, U+2029 and U+0085 inside the text: none of them ends a line.", _steps)
