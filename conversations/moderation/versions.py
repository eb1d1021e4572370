"""What open pages of the desk show, as short marks: two drawings of one mark look the same but for times that go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .casefile import FreshVerdict, Standing
from .queue import Counters
from .rows import Neighbour

NUMBERS = ("undecided", "mine", "proposed", "overdue")


def versions(
    counters: Counters,
    fresh: Iterable[FreshVerdict],
    standing: Standing | None = None,
    beside: Sequence[Neighbour] = (),
    event_count: int = 0,
) -> dict[str, str]:
    """By the id of the element; a page of a case has more of them than the queue."""
    found = {f"count-{name}": str(getattr(counters, name)) for name in NUMBERS}
    found["desk-fresh"] = ",".join(str(case.pk) for each in fresh for case in each.cases)
    if standing is not None:
        found["desk-bar"] = found["desk-standing"] = standing.version
        found["desk-record"] = str(event_count)
        found["desk-beside"] = ",".join(f"{each.row.case.pk}.{each.row.version}" for each in beside)
    return found
