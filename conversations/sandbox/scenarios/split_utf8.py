"""Characters whose bytes arrive in different reads."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import Reply, compose, usual
from conversations.sandbox.steps import Framing, Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    reply = Reply(f"河水东流，🚣 慢慢划。\n\n{compose(asked).text}")
    yield Framing(write_size=7)
    yield from usual(asked, reply)


SCENARIO = Scenario("split-utf8", "Written in portions of 7 bytes, so that characters straddle them.", _steps)
