"""Values: all that a page or a frame may draw."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils.safestring import SafeString

from conversations.models import Node, Part, Role, Turn, TurnState, Visibility
from conversations.models.sources import AskedBase
from conversations.tool_entries import Call

LONG_QUESTION = 280


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture of a message, or a video with its cover: `alt` in its person's words, sides in pixels, so that its room
    is there before it is. A video without a cover has no small sides."""

    code: uuid.UUID
    alt: str
    width: int
    height: int
    small_width: int
    small_height: int
    is_video: bool = False


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A page, or a passage, that a reply rests on. `link` is empty where it is none that people should follow; `date`
    is as it was told."""

    number: int
    title: str
    link: str
    site: str
    date: str
    excerpt: str
    language: str


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part as HTML; `tail` is the piece of an open part that may still change, `seconds` the time of a reasoning.
    `sources` are those of a part of that kind: none where a search found nothing or was not made; `base` is the
    knowledge base that GLM was to look into. `calls` are those of a part of tools."""

    index: int
    kind: str
    html: SafeString
    tail: SafeString | None = None
    language: str = ""
    seconds: float | None = None
    picture: ShownPicture | None = None
    sources: tuple[ShownSource, ...] = ()
    base: AskedBase | None = None
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Where a message stands among its siblings, counted from 1."""

    place: int
    count: int
    previous: uuid.UUID | None
    next: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class ShownUsage:
    """Sums over the calls of a turn; null where GLM did not say."""

    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None
    cached_tokens: int | None


@dataclass(frozen=True, slots=True)
class ShownSummary:
    """What became of the summary of all turns up to a message; `html` is empty until it is done."""

    code: uuid.UUID
    state: str
    html: SafeString
    language: str
    turn_count: int
    model_name: str
    is_simulated: bool
    trouble: str
    started_at: dt.datetime | None
    made_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ShownCase:
    """What the author of a withheld message is told of its case: its number, when it was flagged and by when a person
    will have looked."""

    number: int
    opened_at: dt.datetime
    due_at: dt.datetime
    source: str


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """All that a page or a frame may draw of one message.

    `number` is that of the question it belongs to, `may_repeat` whether that may be answered again, `request_id` what
    to tell an administrator after a failure. `length` is how much of an open reply is drawn, in characters. With
    `context_end` later prompts begin behind it.
    """

    code: uuid.UUID
    conversation: uuid.UUID
    role: str
    number: int
    depth: int
    born: int
    revision: int
    created_at: dt.datetime
    visibility: str
    is_open: bool
    continues: bool
    is_last: bool
    parts: tuple[ShownPart, ...]
    text: str
    seq: int
    alternatives: Alternatives
    turn: Turn | None
    usage: ShownUsage | None = None
    may_repeat: bool = False
    is_edited: bool = False
    released_at: dt.datetime | None = None
    is_marked: bool = False
    reason_code: str = ""
    is_purged: bool = False
    length: int = 0
    request_id: str = ""
    context_end: str = ""
    summary: ShownSummary | None = None
    case: ShownCase | None = None

    @property
    def is_question(self) -> bool:
        return self.role == Role.USER

    @property
    def is_long(self) -> bool:
        """Whether a question is set as a text to read and not as a headline."""
        return len(self.text) > LONG_QUESTION

    @property
    def is_shown(self) -> bool:
        return self.visibility == Visibility.SHOWN

    @property
    def pictures(self) -> tuple[ShownPicture, ...]:
        return tuple(part.picture for part in self.parts if part.picture is not None)

    @property
    def html(self) -> str:
        return "".join(part.html for part in self.parts)

    @property
    def language(self) -> str:
        """That of its first part."""
        return self.parts[0].language if self.parts else ""

    @property
    def version(self) -> str:
        """Two drawings of one version look the same. Only a reply that ended early shows that it is the last."""
        among = f"{self.alternatives.place}.{self.alternatives.count}"
        return f"{self.revision}-{among}-{self.is_last and self._ended_early:d}{self.may_repeat:d}"

    @property
    def _ended_early(self) -> bool:
        turn = self.turn
        return turn is not None and not turn.is_live and (turn.state, turn.finish) != (TurnState.COMPLETED, "stop")


@dataclass(frozen=True, slots=True)
class Window:
    """Some messages of the shown path; `earlier` is the code to ask for those before, `is_latest`: none come after,
    `nodes` are those of the whole path."""

    messages: tuple[ShownMessage, ...]
    earlier: uuid.UUID | None
    is_latest: bool
    revision: int
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenText:
    """What is known of an open reply: its parts and the number of the last piece in them."""

    parts: tuple[Part, ...]
    seq: int
