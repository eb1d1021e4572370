"""A reply that reaches its limit in mid-sentence."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import compose, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield from usual(asked, compose(asked).limited(40))


SCENARIO = Scenario("length", "Stops at 40 tokens, or `max_tokens` if that is less, with finish `length`.", _steps)
