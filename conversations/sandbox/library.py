"""Knowledge without a memory: ids are signed and carry what has to be known, so any process answers for any of them.

One base is always there, with a text of its own; what is uploaded elsewhere is found again by its file's name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .auth import Key
from .refusals import Refused

RUNNING_SECONDS = 3.0
"""How long a document is being made findable; `slow` in its name makes that a minute, `fail` lets it fail."""
_SLOW_SECONDS = 60.0
_TAG_LENGTH = 12

HANDBOOK = "handbook"
_HANDBOOK = (
    "Leave is asked for at least two weeks ahead, in the calendar of the team.",
    "Visitors are met at the front desk and wear a badge until they leave.",
    "The server room is cooled to 21 °C; above 27 °C the operator on duty is called.",
    "请假至少提前两周，在团队日历里申请。",
    "访客在前台登记，离开之前一直佩戴访客证。",
    "机房保持 21 °C；高于 27 °C 时通知当班运维。",
)


@dataclass(frozen=True, slots=True)
class Slice:
    text: str
    score: float
    document: str


def sealed(key: Key, facts: Mapping[str, Any]) -> str:
    """An id that says `facts` and that nobody else can make; fit for a path."""
    body = _plain(json.dumps(facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode())
    return f"{body}.{_tag(key, body)}"


def opened(key: Key, told: str, kind: str) -> dict[str, Any]:
    """What an id says. Refuses one that is not of this kind, or not ours, as GLM refuses an unknown one."""
    body, _, tag = told.rpartition(".")
    if not hmac.compare_digest(tag.encode(), _tag(key, body).encode()):
        raise Refused("1214", f"unknown {kind}")
    try:
        facts = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError) as error:
        raise Refused("1214", f"unknown {kind}") from error
    if not isinstance(facts, dict) or facts.get("kind") != kind:
        raise Refused("1214", f"unknown {kind}")
    return facts


def retrieve(query: str, knowledge_id: str, most: int) -> tuple[Slice, ...]:
    """The passages that share words with the question, the best first; of an uploaded text that there is one."""
    if knowledge_id != HANDBOOK:
        return _of_uploaded(query, most)
    wanted = set(_words(query))
    scored = [(len(wanted & set(_words(text))), text) for text in _HANDBOOK]
    ranked = sorted((each for each in scored if each[0]), key=lambda each: -each[0])
    return tuple(Slice(text, round(shared / max(len(wanted), 1), 4), "Handbook.md") for shared, text in ranked[:most])


def _of_uploaded(query: str, most: int) -> tuple[Slice, ...]:
    if re.search(r"(?i)\bfind nothing\b|找不到", query):
        return ()
    words = " ".join(query.split())[:60]
    texts = (f"Passage {number} of what was uploaded, on “{words}” (simulated)." for number in range(1, most + 1))
    return tuple(Slice(text, round(0.9 - 0.1 * i, 4), f"document-{i + 1}.md") for i, text in enumerate(texts) if i < 3)


def stage(facts: Mapping[str, Any], now: float) -> int:
    """How far a document is, as GLM numbers it: 0 running, 1 done, 2 failed."""
    name = str(facts.get("name", "")).lower()
    seconds = _SLOW_SECONDS if "slow" in name else RUNNING_SECONDS
    if now - float(facts.get("at", 0)) < seconds and "quick" not in name:
        return 0
    return 2 if "fail" in name else 1


def _words(text: str) -> list[str]:
    """Latin words from four letters on, and pairs of Chinese characters."""
    chinese = "".join(re.findall(r"[\u4e00-\u9fff]", text))
    pairs = [chinese[i : i + 2] for i in range(len(chinese) - 1)]
    return [word.lower() for word in re.findall(r"[A-Za-z]{4,}", text)] + pairs


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _tag(key: Key, body: str) -> str:
    return hmac.new(key.secret.encode(), body.encode(), hashlib.sha256).hexdigest()[:_TAG_LENGTH]
