"""What a part of kind `tool` holds: the calls of one or more rounds and what became of them, entry by entry; pure.

An entry is a line of JSON, which says how many characters of plain text follow it, and a line break after those. Texts
stand there as they are, so that word lists and reviewers meet what people see; and a part only ever grows, so that it
can be written, told to other processes and kept like any other text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class What(StrEnum):
    """What an entry says: the model calls, with what (where that was not known yet), a person is asked, has decided,
    and what came of the call."""

    CALL = "call"
    INPUT = "input"
    ASKED = "asked"
    DECIDED = "decided"
    RESULT = "result"


class CallState(StrEnum):
    """How a call stands, as people see it. Without a result it runs, waits for its person, or was given up."""

    RUNNING = "running"
    AWAITING = "awaiting"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Entry:
    """`text`: of a call and of its input the arguments, of a result what the model is told. `round` counts from 1,
    `index` from 0."""

    what: What
    round: int
    index: int
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, int]:
        return self.round, self.index

    def written(self) -> str:
        head = {"what": self.what.value, "round": self.round, "index": self.index, "length": len(self.text)}
        return f"{json.dumps({**self.facts, **head})}\n{self.text}\n"


@dataclass(frozen=True, slots=True)
class Call:
    """A call with all that its entries say. `arguments` are a JSON object unless not `is_fit`: then as the model wrote
    them. `label` is empty where the program has words of its own for the tool. A result that is a sentence of the
    program is `said` in English, with its `values`, so that people can be told in their language. `is_hosted`: GLM made
    and answered it by itself; `pictures` are the facts of those that it drew, `lost` is how many are not here."""

    round: int
    index: int
    id: str
    name: str
    code: str = ""
    label: str = ""
    arguments: str = ""
    is_fit: bool = True
    is_hosted: bool = False
    state: CallState = CallState.RUNNING
    result: str | None = None
    seconds: float | None = None
    said: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    pictures: tuple[Mapping[str, Any], ...] = ()
    lost: int = 0

    @property
    def key(self) -> tuple[int, int]:
        return self.round, self.index


class Reading:
    """Takes the text of a part in pieces, however it is cut, and gives the entries that are whole."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[Entry]:
        self._rest += text
        found, at = [], 0
        while (read := _entry_at(self._rest, at)) is not None:
            entry, at = read
            found.append(entry)
        self._rest = self._rest[at:]
        return found


def read(text: str) -> list[Entry]:
    return Reading().feed(text)


def calls_in(texts: Iterable[str]) -> tuple[Call, ...]:
    """The calls of several parts in the order in which they were made."""
    found: dict[tuple[int, int], Call] = {}
    for text in texts:
        for entry in read(text):
            found[entry.key] = after(found.get(entry.key), entry)
    return tuple(found.values())


def call_of(entry: Entry) -> Call:
    facts = entry.facts
    return Call(
        round=entry.round,
        index=entry.index,
        id=str(facts.get("id", "")),
        name=str(facts.get("name", "")),
        code=str(facts.get("code", "")),
        label=str(facts.get("label", "")),
        arguments=entry.text,
        is_fit=bool(facts.get("is_fit", True)),
        is_hosted=bool(facts.get("is_hosted")),
    )


def after(call: Call | None, entry: Entry) -> Call:
    """The call with what an entry says of it."""
    match entry.what:
        case What.INPUT:
            return replace(call or call_of(entry), arguments=entry.text)
        case What.ASKED:
            return replace(call or call_of(entry), state=CallState.AWAITING)
        case What.DECIDED:
            return replace(call or call_of(entry), state=_state(entry, CallState.APPROVED))
        case What.RESULT:
            return replace(
                call or call_of(replace(entry, text="")),
                state=_state(entry, CallState.SUCCEEDED),
                result=entry.text,
                seconds=entry.facts.get("seconds"),
                said=str(entry.facts.get("said", "")),
                values=_values(entry.facts.get("values")),
                pictures=tuple(entry.facts.get("pictures", ())),
                lost=int(entry.facts.get("lost", 0)),
            )
    return call_of(entry)


def _values(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}


def _state(entry: Entry, usual: CallState) -> CallState:
    return next((state for state in CallState if state == entry.facts.get("state")), usual)


def _entry_at(text: str, at: int) -> tuple[Entry, int] | None:
    """The entry that begins at `at` and where the next one does; None while it is not whole, or is none."""
    end_of_head = text.find("\n", at)
    if end_of_head < 0:
        return None
    try:
        facts = json.loads(text[at:end_of_head])
        what, number, index, length = (
            What(facts.pop("what")),
            *(int(facts.pop(n)) for n in ("round", "index", "length")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    end = end_of_head + 1 + length
    if length < 0 or len(text) <= end:
        return None
    return Entry(what, number, index, text[end_of_head + 1 : end], facts), end + 1
