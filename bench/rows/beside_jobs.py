"""Replies at pace, alone and while jobs are under way beside them: handed over, asked for, and never done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

from bench.load import Shape
from bench.stage import Row, Stage, ms, percentile, reason, together, troubles, viewers_of, warm
from bench.systems import Product

from .at_pace import PER, RATE, SPREAD

REPLIES, JOBS = 100, 100
SETTLING = 10.0  # seconds, until all jobs are at GLM and are asked for


class Found(NamedTuple):
    cpu: float
    late: float
    longest: float
    complete: str
    steps: int


async def measure(stage: Stage) -> AsyncIterator[Row]:
    alone, beside = await _of(stage, 0), await _of(stage, JOBS)
    title = f"{REPLIES} replies at {RATE} deltas/s, alone / with {JOBS} jobs under way"
    figures = {
        f"CPU per {PER:,} deltas": f"{alone.cpu:.2f} s / {beside.cpu:.2f} s with {beside.steps} steps of jobs",
        "lateness p95": f"{ms(alone.late)} / {ms(beside.late)}",
        "longest lateness": f"{ms(alone.longest)} / {ms(beside.longest)}",
        "complete": f"{alone.complete} / {beside.complete}",
    }
    for what, value in figures.items():
        yield Row(f"{title}: {what}", "unchanged", {Product.name: value})


async def _of(stage: Stage, jobs: int) -> Found:
    shape = Shape(RATE * stage.sizes.paced_seconds, RATE)
    async with stage.running(Product.name) as product:
        assert isinstance(product, Product)
        assert product.process is not None
        viewers = await viewers_of(product, REPLIES)
        await warm(viewers[:1], Shape(100))
        if jobs:
            await asyncio.to_thread(product.run, "bench.orders", str(jobs))
            await asyncio.sleep(SETTLING)
        before, steps = product.process.cpu(), await stage.steps()
        await together(viewers, shape, SPREAD)
        spent, steps = product.process.cpu() - before, await stage.steps() - steps
        late = await stage.late(viewers)
        complete = f"{REPLIES - len(troubles(viewers))}{reason(viewers)}"
        return Found(spent * PER / (REPLIES * shape.count), percentile(late, 95), max(late), complete, steps)
