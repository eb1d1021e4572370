"""What happens while a reply is made, in this project's words."""

from dataclasses import dataclass

from .results import FilterLevel, Finish, HostedUse, Source, Usage


@dataclass(frozen=True, slots=True)
class Began:
    """The first chunk: GLM's id of the reply, the model that answers, and an assistant's name for what is said with
    it."""

    id: str
    model: str
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More text, never empty. Deltas that arrived together come as one."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More reasoning, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call: id and name are set when not empty, `arguments` is appended."""

    index: int
    id: str
    name: str
    arguments: str
    kind: str


@dataclass(frozen=True, slots=True)
class ToolUsed:
    """An assistant uses a tool by itself: told when it begins, with nothing but its name, and once more with all that
    came of it."""

    use: HostedUse
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class SourcesFound:
    """Pages that the hosted web search gave to the model."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Flagged:
    """GLM's moderation judged; without the finish `sensitive` the reply goes on."""

    levels: tuple[FilterLevel, ...]


@dataclass(frozen=True, slots=True)
class UsageTold:
    """May come more than once; what is told later holds."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Finished:
    """GLM said why the reply ends. May come twice, and usage or sources may follow."""

    finish: Finish
    word: str


@dataclass(frozen=True, slots=True)
class Restarted:
    """GLM began the reply anew in mid-stream: everything before is void."""

    id: str


Event = (
    Began
    | TextDelta
    | ReasoningDelta
    | ToolCallDelta
    | ToolUsed
    | SourcesFound
    | Flagged
    | UsageTold
    | Finished
    | Restarted
)
