"""`python -m bench.several`: two web processes on PostgreSQL and Redis behind nginx, beside one process on SQLite.

Processor time of all that serves for 10,000 deltas at 100 replies, that of Redis, and the time to first words through
nginx. Frames are counted beside it, for they are most of the cost. No process is pinned to a core, on neither side. The
exit code is 1 where a figure does not reach what it must. `--quick` is a first look in a minute or two.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bench.drill.meter import Meter
from bench.drill.stage import Stage, stage
from bench.load import Shape
from bench.process import Process, cores
from bench.stage import percentile, reason, together, troubles, warm
from bench.systems import Product, Viewer
from bench.systems.product import PageViewer
from bench.upstream import base_of

REPLIES, RATE, PER, SPREAD = 100, 50, 10_000, 5.0
SHORT = Shape(20, rate=200)
READING = 0.1  # seconds that a person looks at the page before the click
MOST_OF_ONE, MOST_OF_REDIS, MOST_UNTIL_WORDS = 1.3, 0.1, 0.015

Open = Callable[[int], Awaitable[Viewer]]


@dataclass(frozen=True, slots=True)
class Figures:
    """`spent`: processor seconds for 10,000 deltas, by part; `frames` of these; `words`: seconds until the first."""

    spent: dict[str, float]
    frames: float
    words: float

    @property
    def whole(self) -> float:
        return sum(self.spent.values())


async def first_words(open_page: Open, count: int) -> float:
    """The median, in seconds."""
    await warm([await open_page(0)], SHORT)
    found = []
    for number in range(count):
        viewer = await open_page(number)
        await asyncio.sleep(READING)
        await viewer.reply(SHORT)
        viewer.close()
        found.append(viewer.first_words)
    return percentile(found, 50)


async def figures(open_page: Open, count: int, seconds: int, spent: Callable[[], dict[str, float]]) -> Figures:
    words = await first_words(open_page, count)
    viewers = [await open_page(number) for number in range(REPLIES)]
    await warm(viewers[:1], Shape(100))
    before = spent()
    await together(viewers, Shape(RATE * seconds, RATE), SPREAD)
    after = spent()
    if troubles(viewers):
        raise RuntimeError(f"{len(troubles(viewers))} replies were not complete{reason(viewers)}")
    share = PER / (REPLIES * RATE * seconds)
    frames = sum(len(viewer.arrived) for viewer in viewers) * share
    return Figures({part: (after[part] - before.get(part, 0.0)) * share for part in after}, frames, words)


async def of_two(play: Stage, cookies: list[str], count: int, seconds: int) -> Figures:
    async def open_page(number: int) -> Viewer:
        return await PageViewer.open(play.nginx.port, cookies[number % len(cookies)])

    meter = Meter(play)
    metering = asyncio.create_task(meter.run())
    try:
        return await figures(open_page, count, seconds, lambda: meter.seconds)
    finally:
        metering.cancel()


async def of_one(product: Product, process: Process, count: int, seconds: int) -> Figures:
    os.sched_setaffinity(process.pid, range(os.cpu_count() or 1))
    return await figures(product.viewer, count, seconds, lambda: {"web": process.cpu()})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.several", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer questions and shorter replies")
    count, seconds = (30, 10) if parser.parse_args().quick else (100, 30)
    with tempfile.TemporaryDirectory(prefix="chatsite-several-") as folder:
        place = Path(folder)
        with stage(place, REPLIES, relayed=False, titles=True) as (play, cookies):
            two = asyncio.run(of_two(play, cookies, count, seconds))
            base = base_of(play.upstream)
            for web in play.webs:
                web.end()
            (place / "one").mkdir()
            product = Product(base, place / "one", cores()[0])
            assert product.process is not None
            try:
                one = asyncio.run(of_one(product, product.process, count, seconds))
            finally:
                product.stop()
    return told(one, two)


def told(one: Figures, two: Figures) -> int:
    ratio, redis = two.whole / one.whole, two.spent["Redis"]
    parts = ", ".join(f"{part} {seconds:.2f}" for part, seconds in two.spent.items())
    print(f"processor seconds for {PER:,} deltas at {REPLIES} replies, load average {os.getloadavg()[0]:.1f}")
    print(f"  one process on SQLite: {one.whole:.2f}, {one.frames:,.0f} frames")
    print(f"  two with PostgreSQL and Redis: {two.whole:.2f} ({parts}), {two.frames:,.0f} frames")
    print(f"  {ratio:.2f} × the one (≤ {MOST_OF_ONE}); Redis alone: {redis:.3f} (≤ {MOST_OF_REDIS})")
    print(f"first words, median: {one.words * 1000:.1f} ms from the process itself,")
    print(f"  {two.words * 1000:.1f} ms through nginx (≤ {MOST_UNTIL_WORDS * 1000:.0f})")
    return 0 if ratio <= MOST_OF_ONE and redis <= MOST_OF_REDIS and two.words <= MOST_UNTIL_WORDS else 1


if __name__ == "__main__":
    sys.exit(main())
