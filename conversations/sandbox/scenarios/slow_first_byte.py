"""Silence before the first byte: GLM sends nothing while it thinks, 90 seconds and more (observed)."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import usual
from conversations.sandbox.steps import Step, Wait

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield Wait(asked.prompt.seconds(20))
    yield from usual(asked)


SCENARIO = Scenario("slow-first-byte", "Nothing at all for 20 s (`wait:`), then a usual answer.", _steps)
