"""How many requests of one model may be at work at once, and who has a place among them.

GLM counts requests in flight by account and model and tells nobody how many it allows: the bound comes from a setting
or the catalogue, and from GLM's own "too many" (1302). Without a bound there is room for everybody. All in memory: to
ask costs nothing, and a process that dies leaves nothing behind.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from conversations import clock

UNUSED_FOR = 30.0  # seconds after which a place that nobody came for is free again: its transaction was rolled back
WIDER_AFTER = 60.0  # seconds without a "too many" after which one more is tried
FORGOTTEN_AFTER = 1800.0
WEIGHT = 0.25  # of the newest reply in what is usual


@dataclass(slots=True)
class Holder:
    """A request at work; `person` is 0 for what nobody waits for."""

    model: str
    person: int
    since: float
    is_at_work: bool = False


@dataclass(slots=True)
class Learned:
    """What GLM's "too many" taught: at most `bound` since `at`."""

    bound: int
    at: float


class Rooms:
    """Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders: dict[int, Holder] = {}
        self._learned: dict[str, Learned] = {}
        self._usual: dict[str, float] = {}
        self._served: dict[int, float] = {}
        self._waited_for: frozenset[str] = frozenset()
        self._of_jobs: Counter[str] = Counter()

    def take(self, turn_id: int, person: int, model: str, bound: int | None, of_person: int = 0) -> bool:
        """A place for a turn that somebody just asked for; False where there is none, and where others wait already.
        `of_person` is how many places one person may have, 0 for any number."""
        with self._lock:
            return model not in self._waited_for and self._take(turn_id, person, model, bound, of_person)

    def take_waiting(self, turn_id: int, person: int, model: str, bound: int | None, of_person: int = 0) -> bool:
        """The same for the first of those who wait."""
        with self._lock:
            return self._take(turn_id, person, model, bound, of_person)

    def take_beside(self, errand: int, model: str, bound: int | None) -> bool:
        """A place for what nobody waits for, such as a title: never the last one, and never before those who wait."""
        with self._lock:
            limit = self._limit(model, bound)
            if limit is not None and (model in self._waited_for or self._used(model) + 1 >= limit):
                return False
            return self._take(errand, 0, model, bound, 0)

    def at_work(self, turn_id: int, model: str, person: int) -> None:
        """Whoever has a place has come for it."""
        with self._lock:
            holder = self._holders.setdefault(turn_id, Holder(model, person, clock.monotonic()))
            holder.is_at_work = True

    def release(self, key: int) -> None:
        """Give a place back; twice is once."""
        with self._lock:
            holder = self._holders.pop(key, None)
            if holder is not None and holder.is_at_work and holder.person:
                self._served[holder.person] = clock.now().timestamp()
                self._note_time(holder.model, clock.monotonic() - holder.since)

    def expect(self, models: Collection[str]) -> None:
        """These models have a queue."""
        with self._lock:
            self._waited_for = frozenset(models)

    def note_jobs(self, at_work: Counter[str]) -> None:
        """So many jobs of each model are at GLM, wherever they were handed over: each has a place like a reply."""
        with self._lock:
            self._of_jobs = at_work

    def narrow(self, model: str) -> None:
        """GLM found these too many: be content with one less. Of many that were refused together one counts."""
        with self._lock:
            used = self._used(model)
            known = self._learned.get(model)
            if known is None or used <= known.bound:
                self._learned[model] = Learned(max(1, used - 1), clock.monotonic())
            else:
                known.at = clock.monotonic()

    def limit(self, model: str, bound: int | None) -> int | None:
        with self._lock:
            return self._limit(model, bound)

    def usual_seconds(self, model: str) -> float | None:
        """How long a reply of this model has taken of late."""
        return self._usual.get(model)

    def served(self) -> dict[int, float]:
        """When each person had a place last, of late, in seconds since 1970."""
        with self._lock:
            return dict(self._served)

    def sweep(self) -> None:
        """Free the places that nobody came for, and try more where GLM had found them too many."""
        now = clock.monotonic()
        with self._lock:
            for key, each in tuple(self._holders.items()):
                if each.person and not each.is_at_work and now - each.since > UNUSED_FOR:
                    del self._holders[key]
            self._widen(now)
            forgotten = clock.now().timestamp() - FORGOTTEN_AFTER
            self._served = {person: at for person, at in self._served.items() if at > forgotten}

    def _widen(self, now: float) -> None:
        for model, known in tuple(self._learned.items()):
            if now - known.at > FORGOTTEN_AFTER:
                del self._learned[model]
            elif now - known.at > WIDER_AFTER and self._used(model) >= known.bound:
                known.bound, known.at = known.bound + 1, now

    def _take(self, key: int, person: int, model: str, bound: int | None, of_person: int) -> bool:
        limit = self._limit(model, bound)
        if limit is not None and self._used(model) >= limit:
            return False
        if of_person and self._of_people()[person] >= of_person:
            return False
        self._holders[key] = Holder(model, person, clock.monotonic())
        return True

    def _limit(self, model: str, bound: int | None) -> int | None:
        known = self._learned.get(model)
        bounds = [each for each in (bound, known.bound if known else None) if each is not None]
        return min(bounds, default=None)

    def _used(self, model: str) -> int:
        return sum(each.model == model for each in self._holders.values()) + self._of_jobs[model]

    def _of_people(self) -> Counter[int]:
        return Counter(each.person for each in self._holders.values())

    def _note_time(self, model: str, seconds: float) -> None:
        usual = self._usual.get(model, seconds)
        self._usual[model] = usual + WEIGHT * (seconds - usual)


rooms = Rooms()
