"""Parts: the pieces a message is made of, and the column that keeps them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from django.db import models

Kind: TypeAlias = Literal["text", "reasoning", "image", "video", "sources", "tool"]
VERSION = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a message; `raw` keeps what GLM sent beside the text, `seconds` how long a reasoning took.

    Of tools the text holds calls and results, as `tool_entries` writes them.
    Of an image or a video the text is what it shows, in its person's words, and `raw` names the picture and its sides.
    Of sources it is what `models.sources` writes, all that GLM sent; empty when a search was on and none came.
    """

    kind: Kind
    text: str
    raw: dict[str, Any] = field(default_factory=dict)
    seconds: float | None = field(default=None, compare=False)

    def to_json(self) -> dict[str, Any]:
        raw = {"raw": self.raw} if self.raw else {}
        seconds = {} if self.seconds is None else {"seconds": self.seconds}
        return {"kind": self.kind, "text": self.text, **raw, **seconds}


def text_part(text: str) -> tuple[Part, ...]:
    return (Part("text", text),)


class PartsField(models.JSONField):
    """A tuple of parts, stored as versioned JSON."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", tuple)
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(None if value is None else _to_json(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        stored = super().from_db_value(value, expression, connection)
        return () if stored is None else tuple(Part(**part) for part in stored["parts"])

    def value_to_string(self, obj: models.Model) -> Any:
        return _to_json(self.value_from_object(obj))

    def to_python(self, value: Any) -> Any:
        return tuple(Part(**part) for part in value["parts"]) if isinstance(value, dict) else value


def _to_json(parts: Iterable[Part]) -> dict[str, Any]:
    return {"v": VERSION, "parts": [part.to_json() for part in parts]}
