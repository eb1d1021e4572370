"""Tasks that are answered later, without remembering them: the id of a task says what it is, and is signed.

So any process answers for any id, after a restart too. A process that took a task still knows its whole request, and
answers that; another knows the beginning of the prompt, as far as it fits into an id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import zlib
from collections import OrderedDict
from dataclasses import asdict, dataclass, replace

from .asked import Asked, Said
from .auth import Key
from .prompt import Prompt

_KNOWN = 4096
_LONGEST_ID = 250
_PROMPT = 90  # characters


@dataclass(frozen=True, slots=True)
class Task:
    """`kind` is what was ordered, `seconds` how long it takes from `accepted_at` (Unix seconds)."""

    kind: str
    accepted_at: float
    seconds: float
    model: str
    prompt: str
    request_id: str = ""

    def is_done(self, now: float | None = None) -> bool:
        return (time.time() if now is None else now) >= self.accepted_at + self.seconds

    def id(self, key: Key) -> str:
        """The name of the task, short enough for any column."""
        for length in range(_PROMPT, -1, -10):
            shorter = replace(self, prompt=self.prompt[:length], request_id=self.request_id if length > 40 else "")
            packed = zlib.compress(json.dumps(list(asdict(shorter).values()), ensure_ascii=False).encode(), 9)
            name = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
            if len(name) + 17 <= _LONGEST_ID:
                return f"{name}-{_signature(name, key)}"
        raise ValueError("the name of the model is too long for an id")


def read(task_id: str, key: Key) -> Task | None:
    """The task of that name; None for one that this key has not signed."""
    name, _, signature = task_id.rpartition("-")
    if not name or not hmac.compare_digest(_signature(name, key), signature):
        return None
    packed = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))
    return Task(*json.loads(zlib.decompress(packed)))


def request_of(task: Task) -> Asked:
    """What was asked, as far as the id tells."""
    prompt = task.prompt or "…"
    return Asked(
        model=task.model,
        messages=(Said("user", prompt),),
        prompt=Prompt(prompt),
        request_id=task.request_id or None,
    )


class Requests:
    """The whole requests of the latest tasks of this process."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, Asked] = OrderedDict()

    def keep(self, task_id: str, asked: Asked) -> None:
        self._asked[task_id] = asked
        if len(self._asked) > _KNOWN:
            self._asked.popitem(last=False)

    def find(self, task_id: str) -> Asked | None:
        return self._asked.get(task_id)


def _signature(name: str, key: Key) -> str:
    return hmac.new(key.secret.encode(), name.encode(), hashlib.sha256).hexdigest()[:16]
