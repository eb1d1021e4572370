"""A chat request after validation, as scenarios and answers see it."""

from dataclasses import dataclass, field

from .prompt import Prompt


@dataclass(frozen=True, slots=True)
class Said:
    """One message; `text` joins its text parts."""

    role: str
    text: str
    image_count: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """`arguments` are the numbers in a scenario's name; `attempt` counts equal conversations, from 1."""

    model: str
    messages: tuple[Said, ...]
    prompt: Prompt
    is_streamed: bool = False
    wants_reasoning: bool = False
    max_tokens: int | None = None
    stop: tuple[str, ...] = field(default=())
    request_id: str | None = None
    arguments: tuple[int, ...] = field(default=())
    attempt: int = 1

    def argument(self, position: int, default: int, at_most: int = 1_000_000) -> int:
        """The number at that position of `sandbox-name-1-2`."""
        found = self.arguments[position] if position < len(self.arguments) else default
        return min(found, at_most)
