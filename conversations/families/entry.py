"""One model and what it can do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What a model is for. The first three answer on `/chat/completions` with nothing but messages."""

    CHAT = "chat"
    VISION = "vision"
    CODE = "code"
    CHARACTER = "character"
    VOICE = "voice"
    ASSISTANT = "assistant"
    IMAGE = "image"
    VIDEO = "video"
    SPEECH = "speech"
    EMBEDDING = "embedding"
    RERANK = "rerank"
    MODERATION = "moderation"
    READING = "reading"


class Thinking(StrEnum):
    NONE = "none"
    OPTIONAL = "optional"
    """`thinking` switches it off; left alone the model thinks, or decides by itself whether to."""
    ALWAYS = "always"
    """Switching it off is an error (5.3) or unknown to the model (Z1, 4.1V)."""


class Tools(StrEnum):
    NONE = "none"
    FUNCTION = "function"
    SEARCH = "search"
    ALL = "all"
    """Functions, web search, retrieval and MCP; functions keep the others from being used."""


class Meta(StrEnum):
    """Whether a role is played by the `meta` parameter."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Way(StrEnum):
    """How a reply can be fetched."""

    STREAM = "stream"
    WHOLE = "whole"
    LATER = "later"


class Status(StrEnum):
    CURRENT = "current"
    RETIRING = "retiring"
    """Its end was announced."""
    RETIRED = "retired"
    """GLM answers 1211; another server may still have it."""


class Unit(StrEnum):
    """What a price is for; those of tokens are for a million of them."""

    TOKENS = "tokens"
    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Price:
    """A list price, an estimate of what GLM will ask. `output` is that of the piece where `unit` is not tokens. None is
    unknown, never nothing. It holds from `since` until the day before `until`, for requests whose input and output
    have at least `_from` and fewer than `_below` tokens."""

    currency: str
    unit: Unit = Unit.TOKENS
    input: Decimal | None = None
    output: Decimal | None = None
    cached: Decimal | None = None
    input_from: int = 0
    input_below: int | None = None
    output_from: int = 0
    output_below: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def is_nothing(self) -> bool:
        told = [each for each in (self.input, self.output, self.cached) if each is not None]
        return bool(told) and not any(told)

    def holds_on(self, day: dt.date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Entry:
    """A model by its name. None means that nobody knows: `sees` and its like then say no, bounds are the widest.

    Token counts are a little less than the hosts promise where they say "128K". `default_…` are what GLM takes when a
    request does not say, for the page to show: they are never sent. `concurrency` is how many requests at once the
    smallest account is said to have. `doubts` names the facts on which sources differ, or that only one weak source
    tells, with "differs" or "uncertain".
    """

    name: str
    family: str = ""
    kind: Kind = Kind.CHAT
    context_tokens: int | None = None
    output_tokens: int | None = None
    image_count: int | None = None
    takes_base64: bool = False
    takes_video: bool = False
    takes_files: bool = False
    takes_audio: bool = False
    thinking: Thinking | None = None
    efforts: tuple[str, ...] = ()
    """The values of `reasoning_effort` that make a difference, the least first."""
    keeps_reasoning: bool = False
    """Knows `clear_thinking`: with false, the reasoning of earlier turns is sent back and counts."""
    tools: Tools | None = None
    streams_tools: bool = False
    writes_json: bool = False
    counts_tokens: bool = False
    """Known to `/tokenizer`, which counts a prompt without answering it."""
    meta: Meta = Meta.NONE
    ways: tuple[Way, ...] = (Way.STREAM, Way.WHOLE)
    default_temperature: float | None = None
    default_top_p: float | None = None
    default_max_tokens: int | None = None
    prices: tuple[Price, ...] = ()
    status: Status = Status.CURRENT
    retires_on: dt.date | None = None
    successor: str = ""
    hosts: tuple[str, ...] = ()
    concurrency: int | None = None
    is_offered: bool = False
    source: str = ""
    doubts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether any file or administrator says what the model can do."""
        return bool(self.family)

    @property
    def is_for_chat(self) -> bool:
        """Whether a conversation can be held with it."""
        return self.kind in (Kind.CHAT, Kind.VISION, Kind.CODE, Kind.CHARACTER)

    @property
    def makes(self) -> bool:
        """Whether images or videos are ordered from it."""
        return self.kind in (Kind.IMAGE, Kind.VIDEO)

    @property
    def sees(self) -> bool:
        return bool(self.image_count)

    @property
    def thinks(self) -> bool:
        return self.thinking in (Thinking.OPTIONAL, Thinking.ALWAYS)

    @property
    def may_be_quiet(self) -> bool:
        """Whether a request may switch thinking off."""
        return self.thinking is Thinking.OPTIONAL

    @property
    def calls_functions(self) -> bool:
        return self.tools in (Tools.FUNCTION, Tools.ALL)

    @property
    def searches(self) -> bool:
        """Whether GLM searches the web for it, by the hosted tool."""
        return self.tools in (Tools.SEARCH, Tools.ALL)

    @property
    def retrieves(self) -> bool:
        return self.tools is Tools.ALL

    @property
    def is_retired(self) -> bool:
        return self.status is Status.RETIRED

    def is_free(self, currency: str = "") -> bool:
        """Whether the list says that it costs nothing, in that currency or wherever it has a price."""
        told = [each for each in self.prices if currency in ("", each.currency)]
        return bool(told) and all(each.is_nothing for each in told)

    def least_thinking(self) -> dict[str, object]:
        """The parameters that keep it from thinking, as far as it can be kept; {} where it knows no such field."""
        if self.may_be_quiet:
            return {"thinking": {"type": "disabled"}}
        return {"reasoning_effort": self.efforts[0]} if self.efforts else {}

    def elsewhere(self, name: str) -> Entry:
        """The same weights on a server that is not GLM's: no hosted tools, no waiting line, no price, no end."""
        return replace(
            self,
            name=name,
            tools=Tools.FUNCTION if self.calls_functions else Tools.NONE,
            ways=tuple(way for way in self.ways if way is not Way.LATER),
            takes_files=False,
            counts_tokens=False,
            default_max_tokens=None,
            prices=(),
            status=Status.CURRENT,
            retires_on=None,
            successor="",
            hosts=(),
            concurrency=None,
        )


FIELDS = tuple(each.name for each in fields(Entry))


def unknown(name: str) -> Entry:
    """A model that nobody described: text in, text out, and no parameter but those that every server knows."""
    return Entry(name)


def scenario(name: str) -> Entry:
    """A model of the sandbox that plays a scenario: it takes whatever any model takes."""
    return Entry(
        name,
        family="sandbox",
        context_tokens=128_000,
        output_tokens=131_072,
        image_count=50,
        takes_base64=True,
        thinking=Thinking.OPTIONAL,
        keeps_reasoning=True,
        efforts=("low", "high", "max"),
        tools=Tools.ALL,
        streams_tools=True,
        writes_json=True,
        counts_tokens=True,
        is_offered=True,
    )
