"""What a scenario is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from conversations.sandbox.asked import Asked
from conversations.sandbox.catalogue import SANDBOX_PREFIX
from conversations.sandbox.steps import Step


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way of answering: `about` is its line in the table of docs/sandbox.md."""

    name: str
    about: str
    steps: Callable[[Asked], Iterator[Step]]

    @property
    def model(self) -> str:
        return SANDBOX_PREFIX + self.name

    @property
    def phrase(self) -> str:
        return f"[[{self.name}]]"
