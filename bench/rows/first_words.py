"""From the click to the first text on the page, in a new conversation each time, one after another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from bench.load import Shape
from bench.stage import Row, Stage, ms, percentile, warm

SHORT = Shape(20, rate=200)
READING = 0.1  # seconds that a person looks at the page before the click


async def measure(stage: Stage) -> AsyncIterator[Row]:
    found = {name: await _of(stage, name) for name in stage.systems}
    for figure, reach, part in (("median", "≤ 10 ms", 50), ("p95", "≤ 30 ms", 95)):
        values = {name: ms(percentile(seconds, part)) for name, seconds in found.items()}
        yield Row(f"click to first words, {figure}", reach, values)


async def _of(stage: Stage, name: str) -> list[float]:
    async with stage.running(name) as system:
        await warm([await system.viewer(0)], SHORT)
        seconds = []
        for number in range(stage.sizes.first_words):
            viewer = await system.viewer(number)
            await asyncio.sleep(READING)
            await viewer.reply(SHORT)
            viewer.close()
            if viewer.trouble:
                raise RuntimeError(f"{name}: {viewer.trouble}")
            seconds.append(viewer.first_words)
        return seconds
