"""The figures: one file each, `measure(stage)` gives its rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from bench.stage import Row, Stage

from . import at_pace, beside_jobs, burst, database, first_words, full_speed, memory, page, start

MEASURES: dict[str, Callable[[Stage], AsyncIterator[Row]]] = {
    "first-words": first_words.measure,
    "full-speed": full_speed.measure,
    "at-pace": at_pace.measure,
    "jobs": beside_jobs.measure,
    "burst": burst.measure,
    "memory": memory.measure,
    "database": database.measure,
    "page": page.measure,
    "start": start.measure,
}
