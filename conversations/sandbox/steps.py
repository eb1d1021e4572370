"""What a scenario is made of: values that say what goes over the wire, in order.

The players in `stream.py` and `whole.py` turn the same steps into an event stream or into one JSON body.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .refusals import Refusal
from .web import Page as WebPage
from .wire import Filter, Usage


@dataclass(frozen=True, slots=True)
class Refuse:
    """An HTTP error instead of an answer; must come before anything is sent."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Page:
    """A gateway's HTML page instead of an answer."""

    status: int
    html: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Silence, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Framing:
    """How the stream's bytes are laid out: the line end, and writes of a fixed number of bytes."""

    newline: bytes = b"\n"
    write_size: int | None = None


@dataclass(frozen=True, slots=True)
class Deltas:
    """Pieces of one field, at `rate` per second: 0 is full speed, None the server's usual rate."""

    pieces: tuple[str, ...]
    name: str = "content"
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The chunk with the finish reason; `role` is `user` when the input was judged (observed). `sources` are the
    pages of a search, None where none was made."""

    reason: str
    usage: Usage | None = None
    filters: tuple[Filter, ...] = field(default=())
    role: str = "assistant"
    sources: tuple[WebPage, ...] | None = None


@dataclass(frozen=True, slots=True)
class WireCall:
    """A call of a function; `arguments` as JSON text."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of functions: in one chunk that says the finish too, or each with its arguments in pieces."""

    calls: tuple[WireCall, ...]
    is_fragmented: bool = False


@dataclass(frozen=True, slots=True)
class Used:
    """A tool that an assistant used by itself: its input goes in pieces, its outputs as they would come from GLM."""

    kind: str
    input: str
    outputs: tuple[Mapping[str, Any], ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class SourcesAlone:
    """A chunk of its own for the pages of a search, before or inside the text."""

    sources: tuple[WebPage, ...]


@dataclass(frozen=True, slots=True)
class UsageAlone:
    """A chunk of its own for the usage, with no choices."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Fault:
    """An error inside a 200, as a plain frame or named `event: error`."""

    refusal: Refusal
    is_event: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that an event stream ignores, as proxies send to keep a connection open."""

    text: str


@dataclass(frozen=True, slots=True)
class Torn:
    """The first half of a delta's frame, without an end of line."""

    piece: str


@dataclass(frozen=True, slots=True)
class Restart:
    """From here on a new answer with an id of its own, dated 90 seconds later (observed)."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection closes in the middle of the answer."""


@dataclass(frozen=True, slots=True)
class Done:
    """The `[DONE]` line."""


Step = (
    Refuse
    | Page
    | Wait
    | Framing
    | Deltas
    | Calls
    | Used
    | Finish
    | SourcesAlone
    | UsageAlone
    | Fault
    | Comment
    | Torn
    | Restart
    | Cut
    | Done
)
