"""`python -m bench.several`: two web processes on PostgreSQL and Redis behind nginx, beside one process on SQLite.

Processor time of all that serves for 10,000 deltas at 100 replies, that of Redis, and the time to first words through
nginx. The exit code is 1 where a figure does not reach what it must. `--quick` is a first look in a minute or two.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.drill.meter import Meter
from bench.drill.stage import Stage, stage
from bench.load import Shape
from bench.process import cores
from bench.stage import percentile, reason, together, troubles, warm
from bench.systems import Product, Viewer
from bench.systems.product import PageViewer

REPLIES, RATE, PER, SPREAD = 100, 50, 10_000, 5.0
SHORT = Shape(20, rate=200)
READING = 0.1  # seconds that a person looks at the page before the click
MOST_OF_ONE, MOST_OF_REDIS, MOST_UNTIL_WORDS = 1.3, 0.1, 0.015

Open = Callable[[int], Awaitable[Viewer]]


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


async def at_pace(
    open_page: Open, seconds: int, spent: Callable[[], dict[str, float]], replies: int = REPLIES
) -> dict[str, float]:
    """Processor seconds for 10,000 deltas, by part."""
    viewers = [await open_page(number) for number in range(replies)]
    await warm(viewers[:1], Shape(100))
    before = spent()
    await together(viewers, Shape(RATE * seconds, RATE), SPREAD)
    after = spent()
    if troubles(viewers):
        raise RuntimeError(f"{len(troubles(viewers))} replies were not complete{reason(viewers)}")
    deltas = replies * RATE * seconds
    return {part: (after[part] - before.get(part, 0.0)) * PER / deltas for part in after}


async def of_two(play: Stage, cookies: list[str], count: int, seconds: int) -> tuple[dict[str, float], float]:
    async def open_page(number: int) -> Viewer:
        return await PageViewer.open(play.nginx.port, cookies[number % len(cookies)])

    meter = Meter(play)
    metering = asyncio.create_task(meter.run())
    try:
        words = await first_words(open_page, count)
        return await at_pace(open_page, seconds, lambda: meter.seconds), words
    finally:
        metering.cancel()


async def of_one(product: Product, count: int, seconds: int) -> tuple[float, float, float]:
    """At all replies and at half of them, and the first words."""
    process = product.process
    assert process is not None
    words = await first_words(product.viewer, count)
    whole = await at_pace(product.viewer, seconds, lambda: {"web": process.cpu()})
    half = await at_pace(product.viewer, seconds, lambda: {"web": process.cpu()}, REPLIES // 2)
    return whole["web"], half["web"], words


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.several", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer questions and shorter replies")
    count, seconds = (30, 10) if parser.parse_args().quick else (100, 30)
    with tempfile.TemporaryDirectory(prefix="chatsite-several-") as folder:
        place = Path(folder)
        with stage(place, REPLIES, relayed=False) as (play, cookies):
            two, two_words = asyncio.run(of_two(play, cookies, count, seconds))
            base = f"http://127.0.0.1:{play.upstream.port}/api/paas/v4"
            for web in play.webs:
                web.end()
            (place / "one").mkdir()
            product = Product(base, place / "one", cores()[0])
            try:
                one, half, one_words = asyncio.run(of_one(product, count, seconds))
            finally:
                product.stop()
    return told(one, half, two, one_words, two_words)


def told(one: float, half: float, two: dict[str, float], one_words: float, two_words: float) -> int:
    """A process that has more to do shows more deltas in a frame, so that each costs less: what several processes cost
    beyond one is seen beside one that has as many replies as each of them."""
    spent = sum(two.values())
    ratio = spent / half
    parts = ", ".join(f"{part} {seconds:.2f}" for part, seconds in two.items())
    print(f"processor seconds for {PER:,} deltas, load average {os.getloadavg()[0]:.1f}")
    print(f"  one process on SQLite: {one:.2f} at {REPLIES} replies, {half:.2f} at {REPLIES // 2}")
    print(f"  two with PostgreSQL and Redis at {REPLIES}: {spent:.2f} ({parts}),")
    print(f"  {ratio:.2f} × a process as full as each of them (≤ {MOST_OF_ONE}), {spent / one:.2f} × the one")
    print(f"  Redis alone: {two['Redis']:.3f} (≤ {MOST_OF_REDIS})")
    print(f"first words, median: {one_words * 1000:.1f} ms from the process itself,")
    print(f"  {two_words * 1000:.1f} ms through nginx (≤ {MOST_UNTIL_WORDS * 1000:.0f})")
    is_well = ratio <= MOST_OF_ONE and two["Redis"] <= MOST_OF_REDIS and two_words <= MOST_UNTIL_WORDS
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
