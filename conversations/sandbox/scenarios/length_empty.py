"""The limit counts reasoning: a small one leaves no room for an answer."""

from collections.abc import Iterator
from dataclasses import replace

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import Reply, compose, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    reply = compose(replace(asked, wants_reasoning=True, max_tokens=None))
    yield from usual(asked, Reply("", reply.reasoning, "length"))


SCENARIO = Scenario("length-empty", "Reasoning uses up all tokens: no text, finish `length`.", _steps)
