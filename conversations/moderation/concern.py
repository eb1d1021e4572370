"""One reason to look, before it is a row."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from conversations.models import FlagSource


@dataclass(frozen=True, slots=True)
class Concern:
    """See Flag. `detail` tells a machine where and by what, `words` are a person's."""

    source: str
    role: str = ""
    level: int | None = None
    call_code: uuid.UUID | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    words: str = ""
    raised_by: uuid.UUID | None = None

    def to_json(self) -> dict[str, Any]:
        """As a turn keeps it from the first sight of the flag until the flag is a row."""
        return {"v": 1, "source": self.source, "role": self.role, "level": self.level, "detail": self.detail}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Concern:
        return cls(stored["source"], stored["role"], stored["level"], detail=stored["detail"])


class Level(Protocol):
    @property
    def role(self) -> str: ...
    @property
    def level(self) -> int | None: ...


def of_levels(levels: Iterable[Level], source: str = FlagSource.CONTENT_FILTER) -> tuple[Concern, ...]:
    """GLM's judgements beside an answer, on whichever request they came."""
    return tuple(Concern(source, each.role, each.level) for each in levels)
