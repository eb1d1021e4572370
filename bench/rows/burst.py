"""200 new conversations that begin within one second."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bench.load import Shape
from bench.stage import Row, Stage, ms, percentile, reason, together, troubles, viewers_of, warm

COUNT = 200
REPLY = Shape(20, rate=10)  # a load of its own would hide what the beginning costs
LOCKED = "database is locked"


async def measure(stage: Stage) -> AsyncIterator[Row]:
    failed, first, locked = {}, {}, {}
    for name in stage.systems:
        async with stage.running(name) as system:
            viewers = await viewers_of(system, COUNT)
            await warm([await system.viewer(0)], Shape(20))
            await together(viewers, REPLY, 1.0)
            failed[name] = f"{len(troubles(viewers))}{reason(viewers)}"
            words = [viewer.first_words for viewer in viewers if viewer.arrived]
            first[name] = f"{ms(percentile(words, 50))} / {ms(percentile(words, 95))}"
            if system.process and name == "product":
                locked[name] = str(system.process.said(LOCKED))
    yield Row(f"{COUNT} conversations begun within 1 s: failed", "0", failed)
    yield Row(f"{COUNT} conversations begun within 1 s: first words median / p95", "–", first)
    yield Row(f"{COUNT} conversations begun within 1 s: “{LOCKED}” in the log", "0", locked)
