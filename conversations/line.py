"""The line of those who wait for a model: who is next, where each stands, and about how long it will take."""

from __future__ import annotations

import heapq
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queued turn. `since`: when it was asked, in seconds since 1970."""

    turn_id: int
    turn: uuid.UUID
    reply: uuid.UUID
    person: int
    model: str
    since: float


@dataclass(frozen=True, slots=True)
class Place:
    """The `number`th in line, from 1; None seconds: nobody knows how long."""

    reply: uuid.UUID
    number: int
    seconds: float | None = None


def ordered(waiting: Iterable[Waiting], running: Mapping[int, int], served: Mapping[int, float]) -> list[Waiting]:
    """Everybody in turn: a person's second question comes after the first ones of all others, and the next question
    of somebody who was just answered counts as asked then. `running` counts the replies that each person is being
    written, `served` says when each had the last one."""
    asked: Counter[int] = Counter(running)
    ranked = []
    for each in sorted(waiting, key=lambda one: one.turn_id):
        since = max(each.since, served.get(each.person, 0.0))
        ranked.append((asked[each.person], since, each.turn_id, each))
        asked[each.person] += 1
    return [each for *_rank, each in sorted(ranked, key=lambda one: one[:3])]


def places(line: Sequence[Waiting], estimates: Mapping[str, Iterable[float]]) -> dict[uuid.UUID, Place]:
    """Where each stands among those who wait for the same model; `estimates` are the seconds until the first, the
    second, … of them is taken, as far as they are known."""
    lines: defaultdict[str, int] = defaultdict(int)
    seconds = {model: iter(each) for model, each in estimates.items()}
    found = {}
    for each in line:
        lines[each.model] += 1
        found[each.turn] = Place(each.reply, lines[each.model], next(seconds.get(each.model, iter(())), None))
    return found


def waits(count: int, ages: Iterable[float], slots: int, usual: float) -> list[float]:
    """When `count` who wait will be taken, in seconds, if each reply takes what is `usual`; `ages` of those at work."""
    ends = [max(usual - age, 1.0) for age in ages][:slots]
    ends += [1.0] * max(0, slots - len(ends))
    heapq.heapify(ends)
    found = []
    for _ in range(count):
        found.append(ends[0])
        heapq.heapreplace(ends, ends[0] + usual)
    return found


Watcher = Callable[[Place | None], None]

_places: dict[uuid.UUID, Place] = {}
_watchers: defaultdict[uuid.UUID, set[Watcher]] = defaultdict(set)


def place_of(turn: uuid.UUID) -> Place | None:
    """Where a turn stands, as this process knows it."""
    return _places.get(turn)


def tell(now: Mapping[uuid.UUID, Place]) -> None:
    """This is the line now; pages whose turn has moved are told. On the event loop."""
    for turn in {*_places, *now}:
        before, after = _places.get(turn), now.get(turn)
        if before != after:
            _set(turn, after)


def move(turn: uuid.UUID, place: Place | None) -> None:
    """One turn stands elsewhere, or in no line any more."""
    if _places.get(turn) != place:
        _set(turn, place)


def watch(turn: uuid.UUID, watcher: Watcher) -> None:
    _watchers[turn].add(watcher)


def unwatch(turn: uuid.UUID, watcher: Watcher) -> None:
    _watchers[turn].discard(watcher)
    if not _watchers[turn]:
        del _watchers[turn]


def _set(turn: uuid.UUID, place: Place | None) -> None:
    if place is None:
        _places.pop(turn, None)
    else:
        _places[turn] = place
    for watcher in tuple(_watchers.get(turn, ())):
        watcher(place)
