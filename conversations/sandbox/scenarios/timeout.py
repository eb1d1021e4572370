"""A server that takes the request and says nothing until the client gives up."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.steps import Step, Wait

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield Wait(asked.prompt.seconds(86_400))


SCENARIO = Scenario("timeout", "Accepts the request and never answers.", _steps)
