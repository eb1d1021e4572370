"""Many replies side by side at 50 deltas a second each: cost, lateness, and whether all come to their end."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import NamedTuple

from bench.load import Shape
from bench.stage import Row, Stage, ms, percentile, reason, together, troubles, viewers_of, warm

RATE = 50
PER = 10_000
SPREAD = 5.0  # seconds over which the replies begin; `burst` is about those that begin at once
LOADS = (
    (100, "prose", "≤ bare Daphne", "≤ 100 ms"),
    (100, "markdown", "–", "–"),
    (200, "prose", "–", "≤ 250 ms"),
    (200, "markdown", "–", "–"),
)


class Found(NamedTuple):
    cpu: float | None
    late: float
    complete: str
    generator: float
    """Share of its core that the load itself used."""


async def measure(stage: Stage) -> AsyncIterator[Row]:
    for count, text, reach_cpu, reach_late in LOADS:
        if text not in stage.sizes.paced_texts:
            continue
        found = {name: await _of(stage, name, count, text) for name in stage.systems}
        title = f"{count} replies at {RATE} deltas/s ({text})"
        cpu = {name: f"{each.cpu:.2f} s" for name, each in found.items() if each.cpu is not None}
        yield Row(f"{title}: CPU per 10,000 deltas", reach_cpu, cpu)
        yield Row(f"{title}: lateness p95", reach_late, {name: ms(each.late) for name, each in found.items()})
        yield Row(f"{title}: complete", f"{count}", {name: each.complete for name, each in found.items()})
        load = {name: f"{each.generator:.0%}" for name, each in found.items()}
        yield Row(f"{title}: core of the load in use", "–", load)


async def _of(stage: Stage, name: str, count: int, text: str) -> Found:
    shape = Shape(RATE * stage.sizes.paced_seconds, RATE, text)
    async with stage.running(name) as system:
        viewers = await viewers_of(system, count)
        await warm(viewers[:1], Shape(100, text=text))
        before, began, load = system.process.cpu() if system.process else 0.0, time.monotonic(), stage.generator_cpu()
        await together(viewers, shape, SPREAD)
        spent = system.process.cpu() - before if system.process else None
        busy = (stage.generator_cpu() - load) / (time.monotonic() - began)
        late = percentile(await stage.late(viewers), 95)
        cost = spent and spent * PER / (count * shape.count)
        complete = f"{count - len(troubles(viewers))}{reason(viewers)}"
        return Found(cost, late, complete, busy)
