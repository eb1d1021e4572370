"""A chat request after validation, as scenarios and answers see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .functions import Function, Told
from .hosted import Retrieval, Search
from .prompt import Prompt


@dataclass(frozen=True, slots=True)
class Said:
    """One message; `text` joins its text parts, `images` are the bytes of its pictures, None for one at an address."""

    role: str
    text: str
    images: tuple[bytes | None, ...] = ()


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
    parameters: tuple[str, ...] = field(default=())
    """Those that the request brought, as `name=value`."""
    search: Search | None = None
    """GLM's own web search, where it is offered and nothing stands before it."""
    retrieval: Retrieval | None = None
    functions: tuple[Function, ...] = field(default=())
    results: tuple[Told, ...] = field(default=())
    """What functions gave that were called for the last question."""
    streams_calls: bool = False
    meta: Mapping[str, str] | None = None
    """Who talks with whom, of a model that plays a role."""

    def argument(self, position: int, default: int, at_most: int = 1_000_000) -> int:
        """The number at that position of `sandbox-name-1-2`."""
        found = self.arguments[position] if position < len(self.arguments) else default
        return min(found, at_most)
