"""The kill drill: a reply is being written, the process dies without a last word, and comes back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from tests.served.follower import Follower
from tests.served.site import Site, Visitor
from tests.waiting import eventually

RATE = 50
MODEL = f"sandbox-rate-{RATE}-3000"
NUMBER = re.compile(r"\b0\d{3}\b")  # the sandbox counts with four digits; a drill ends before 1000


@dataclass(frozen=True, slots=True)
class Damage:
    """What a kill cost: the last number that a page had seen, the last one stored, and how the turn stands."""

    seen: int
    stored: int
    state: str
    is_in_order: bool

    @property
    def lost_seconds(self) -> float:
        return max(0, self.seen - self.stored) / RATE


def kill_in_mid_reply(site: Site, visitor: Visitor, after: int) -> tuple[str, Damage]:
    """Kill the site once a page has seen `after` numbers of a reply, start it again, and look."""
    code = visitor.send("Count.", MODEL)
    with Follower(visitor, code) as follower:
        eventually(lambda: _last(follower.text) >= after, 30)
        site.kill()
        eventually(lambda: follower.close_code is not None)
        seen = _last(follower.text)
    site.start()
    state = site.turn_states(code)[-1]
    numbers = _stored(site, code)
    return code, Damage(seen, max(numbers, default=0), state, numbers == list(range(1, len(numbers) + 1)))


def _last(text: str) -> int:
    return max(map(int, NUMBER.findall(text)), default=0)


def _stored(site: Site, code: str) -> list[int]:
    rows = site.rows(
        "SELECT m.parts FROM conversations_message m JOIN conversations_conversation c ON c.id = m.conversation_id"
        " WHERE c.code = ? AND m.role = 'assistant' ORDER BY m.id DESC",
        code.replace("-", ""),
    )
    text = " ".join(part["text"] for part in json.loads(rows[0][0])["parts"] if part["kind"] == "text")
    return [int(n) for n in NUMBER.findall(text)]
