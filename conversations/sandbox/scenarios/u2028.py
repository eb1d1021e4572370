"""Separators that some libraries take for line ends."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import Reply, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario

TEXT = "one\u2028two\u2029three\u0085four\u000bfive\u001esix, and still one frame each.\n"


def _steps(asked: Asked) -> Iterator[Step]:
    yield from usual(asked, Reply(TEXT))


SCENARIO = Scenario("u2028", "Raw U+2028, U+2029, U+0085, VT and RS inside the text: none of them ends a line.", _steps)
