"""The person's own words, for looking at how a text is drawn."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import Reply, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario


def _steps(asked: Asked) -> Iterator[Step]:
    yield from usual(asked, Reply(asked.prompt.text))


SCENARIO = Scenario("echo", "Sends the prompt back as the reply, without its markers.", _steps)
