"""The little that one sandbox process remembers: its key and pace, open gates, repeated conversations, tasks."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field

from .asked import Asked
from .auth import DEFAULT_KEY, Key
from .pace import USUAL_RATE, Gates
from .talks import Talks
from .tasks import Requests

_CONVERSATION_LIMIT = 4096


class Attempts:
    """How often each conversation was asked, for the scenarios that recover; the oldest are forgotten."""

    def __init__(self) -> None:
        self._counts: OrderedDict[bytes, int] = OrderedDict()

    def count(self, asked: Asked) -> int:
        """Counts this request; equal model and messages are the same conversation. The first is 1."""
        key = hashlib.sha256(repr((asked.model, asked.messages)).encode("utf-8", "replace")).digest()
        self._counts[key] = self._counts.pop(key, 0) + 1
        if len(self._counts) > _CONVERSATION_LIMIT:
            self._counts.popitem(last=False)
        return self._counts[key]


@dataclass(frozen=True, slots=True)
class State:
    """`usual_rate` is in deltas per second, 0 for full speed."""

    key: Key = DEFAULT_KEY
    usual_rate: float = USUAL_RATE
    gates: Gates = field(default_factory=Gates)
    attempts: Attempts = field(default_factory=Attempts)
    requests: Requests = field(default_factory=Requests)
    talks: Talks = field(default_factory=Talks)
