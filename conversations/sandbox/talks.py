"""What was said with assistants: GLM keeps it, and is told only what is new.

The name of a conversation is signed, so any process knows one of its own; what was said there only the one that heard
it still knows.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from . import library
from .auth import Key
from .refusals import Refused
from .wire import Usage

KIND = "talk"
_KNOWN = 4096


@dataclass(slots=True)
class Talk:
    """`began_at` and `moved_at` in Unix seconds, `said` are the questions so far."""

    id: str
    assistant: str
    began_at: int
    moved_at: int
    said: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=lambda: Usage(0, 0))

    def add(self, usage: Usage) -> None:
        """What another reply has used."""
        self.moved_at = int(time.time())
        self.usage = Usage(self.usage.prompt + usage.prompt, self.usage.completion + usage.completion)


class Talks:
    """The latest conversations of this process."""

    def __init__(self) -> None:
        self._talks: OrderedDict[str, Talk] = OrderedDict()

    def begin(self, key: Key, assistant: str) -> Talk:
        name = library.sealed(key, {"kind": KIND, "of": assistant, "as": secrets.token_hex(6)})
        return self._keep(name, assistant)

    def go_on(self, key: Key, name: str, assistant: str) -> Talk:
        """Refuses one of another assistant, or that nobody began here."""
        facts = library.opened(key, name, KIND)
        if facts.get("of") != assistant:
            raise Refused("1214", "conversation_id")
        return self._talks.get(name) or self._keep(name, assistant)

    def of(self, assistant: str) -> list[Talk]:
        """Those with an assistant, the latest first."""
        return [talk for talk in reversed(self._talks.values()) if talk.assistant == assistant]

    def _keep(self, name: str, assistant: str) -> Talk:
        now = int(time.time())
        talk = self._talks[name] = Talk(name, assistant, now, now)
        if len(self._talks) > _KNOWN:
            self._talks.popitem(last=False)
        return talk
