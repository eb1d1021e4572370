"""Values that come out: one reply of GLM in this project's words."""

from dataclasses import dataclass, field, fields
from enum import Enum


class Finish(Enum):
    """Why a reply ended. GLM's own word is kept beside it in `Reply.finish_word`."""

    STOP = "stop"
    TOOL_CALLS = "tool_calls"
    LENGTH = "length"
    CONTEXT_FULL = "context_full"
    BROKEN = "broken"
    """The stream ended without saying why; nobody knows what is missing."""
    NETWORK_ERROR = "network_error"
    """GLM's inference failed; HTTP 200, the text may be partial."""
    SENSITIVE = "sensitive"
    """GLM's moderation stopped it; text that came before must be taken back."""

    @property
    def is_failure(self) -> bool:
        """The reply is not whole through no doing of the person or the model."""
        return self in (Finish.BROKEN, Finish.NETWORK_ERROR)

    @property
    def gravity(self) -> int:
        """GLM may end a reply twice; the graver end holds, so that a judgement is never softened."""
        return list(Finish).index(self)

    @classmethod
    def of(cls, word: str) -> "Finish":
        """GLM's word in ours. An unknown word counts as an ordinary end."""
        return _FINISHES.get(word, cls.STOP)


# https://docs.bigmodel.cn/api-reference; `content_filter` is what other servers say for `sensitive`.
_FINISHES = {
    "stop": Finish.STOP,
    "tool_calls": Finish.TOOL_CALLS,
    "length": Finish.LENGTH,
    "model_context_window_exceeded": Finish.CONTEXT_FULL,
    "network_error": Finish.NETWORK_ERROR,
    "sensitive": Finish.SENSITIVE,
    "content_filter": Finish.SENSITIVE,
}


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as GLM counted them. None = not told, which is not zero."""

    prompt: int | None = None
    completion: int | None = None
    total: int | None = None
    reasoning: int | None = None
    """Part of `completion`."""
    cached: int | None = None
    """Part of `prompt`, billed at the price of a cache read."""

    def updated(self, newer: "Usage") -> "Usage":
        """What `newer` knows, and what only the older one knew: usage may come twice."""
        names = [each.name for each in fields(self)]
        known = {name: getattr(newer, name) for name in names if getattr(newer, name) is not None}
        return Usage(**({name: getattr(self, name) for name in names} | known))


@dataclass(frozen=True, slots=True)
class FilterLevel:
    """GLM's judgement of one side. `level`: 0 is the worst, 3 the mildest, None not told."""

    role: str
    """`user` (the prompt), `assistant` (the reply) or `history` (earlier messages)."""
    level: int | None


@dataclass(frozen=True, slots=True)
class Source:
    """A page that the hosted web search gave to the model. Any field may be empty."""

    refer: str = ""
    """The mark in the text, such as `ref_1`."""
    title: str = ""
    link: str = ""
    media: str = ""
    icon: str = ""
    content: str = ""
    publish_date: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the model asks for. `arguments` is its JSON text as written: maybe empty, maybe not JSON."""

    index: int
    id: str
    name: str
    arguments: str
    kind: str = "function"


@dataclass(frozen=True, slots=True)
class HostedUse:
    """A tool that an assistant of GLM used by itself: `name` is GLM's word for it, or that of a function there.

    `output` None: nothing came of it. `images` are the links of what it drew, which die after a month. `is_failed`: it
    gave an error and nothing else.
    """

    index: int
    name: str
    input: str
    output: str | None = None
    images: tuple[str, ...] = ()
    is_failed: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What has come so far; complete once `finish` is set."""

    id: str = ""
    model: str = ""
    """The model that answered, which may be another than the one asked."""
    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    sources: tuple[Source, ...] = ()
    content_filter: tuple[FilterLevel, ...] = ()
    usage: Usage = field(default_factory=Usage)
    finish: Finish | None = None
    finish_word: str = ""
    """GLM's word for `finish`, for the administrator; empty when it gave none."""
    conversation: str = ""
    """Where an assistant keeps what was said; empty for a model, which is told all of it each time."""
    has_images: bool = False
    """Whether a tool of an assistant drew something."""
    restart_count: int = 0
    """How often GLM began again in mid-stream; the text before the last restart is discarded."""
