"""A stream whose lines end as HTTP's own do."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import usual
from conversations.sandbox.steps import Framing, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield Framing(newline=b"\r\n")
    yield from usual(asked)


SCENARIO = Scenario("crlf", "Lines end with CR LF.", _steps)
