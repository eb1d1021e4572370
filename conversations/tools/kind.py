"""What a function tool is: what the model is told of it, what people are, and what runs when it is called."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.utils.functional import Promise

from conversations.glm import Client, Source
from conversations.models.tool_rule import Approval
from conversations.spoken import Spoken
from conversations.upstream import Upstream

from .labels import Labels

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What GLM takes for a name, as a whole. https://docs.bigmodel.cn/api-reference"""

Words: TypeAlias = str | Promise
Arguments: TypeAlias = Mapping[str, Any]


class ToolError(Spoken):
    """A tool could not do what it was asked to; its sentence tells the model why, and the person in their language."""


@dataclass(frozen=True, slots=True)
class Use:
    """One call as the tool sees it: for whom, from which conversation and turn, and GLM as it is reached there.

    `language` and `zone` are the person's, as names; both may be empty, which means those of the site. `labels` are
    for the sources of the turn.
    """

    person: uuid.UUID
    language: str
    zone: str
    conversation: uuid.UUID
    turn_id: int
    upstream: Upstream
    client: Client
    labels: Labels = field(default_factory=Labels)


@dataclass(frozen=True, slots=True)
class Result:
    """What a call gave: the text that the model is told, and the pages it was taken from, which are shown with it. A
    text that is a sentence of the program `is_ours`: people read it in their language."""

    text: str
    sources: tuple[Source, ...] = ()
    is_ours: bool = False


Run: TypeAlias = Callable[[Arguments, Use], Awaitable[Result]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call.

    `name` is the one on the wire; `label` and `explains` are for people, `description` and the JSON Schema `parameters`
    for the model, and the same for everybody: an equal beginning of a prompt is read from GLM's cache. `run` gets
    arguments that fit the schema, runs on the event loop and may raise ToolError. A run ends after `seconds`; of its
    text the first `most_characters` are kept. `approval` holds where nobody has decided otherwise.
    """

    name: str
    label: Words
    explains: Words
    description: str
    parameters: Mapping[str, Any]
    run: Run
    approval: Approval = Approval.NEVER
    seconds: float = 10.0
    most_characters: int = 8000

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError("a tool's name is made of 1 to 64 letters, digits, hyphens and underscores")

    def to_wire(self) -> dict[str, Any]:
        """The entry of `tools` in a request; a function without parameters leaves them out."""
        function: dict[str, Any] = {"name": self.name, "description": self.description}
        if self.parameters.get("properties"):
            function["parameters"] = dict(self.parameters)
        return {"type": "function", "function": function}
