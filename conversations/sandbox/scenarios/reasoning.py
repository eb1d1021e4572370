"""Reasoning, then text."""

from collections.abc import Iterator
from dataclasses import replace

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import compose, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield from usual(asked, compose(replace(asked, wants_reasoning=True)))


SCENARIO = Scenario("reasoning", "Reasons first, whatever the request says, then answers.", _steps)
