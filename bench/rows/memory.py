"""Memory that a server holds (PSS): after its start, after many replies, and for each page that is only open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from bench.load import Shape
from bench.stage import Row, Stage, together, troubles, viewers_of
from bench.systems import Direct, System

AT_ONCE = 20
REPLY = Shape(200, rate=0)
SETTLED = 1.0  # seconds


async def measure(stage: Stage) -> AsyncIterator[Row]:
    start, growth, tab = {}, {}, {}
    for name in stage.systems:
        if name == Direct.name:
            continue
        async with stage.running(name) as system:
            start[name] = f"{await _held(system):.0f} MB"
            tab[name] = f"{await _per_tab(system, stage.sizes.tabs):.0f} KB"
            growth[name] = f"{await _growth(system, stage.sizes.settled_replies):.1f} MB"
    yield Row("memory after start", "≤ 100 MB", start)
    yield Row(f"memory per idle page, of {stage.sizes.tabs}", "≤ 40 KB", tab)
    yield Row(f"memory growth over {stage.sizes.settled_replies} replies", "≤ 10 MB", growth)


async def _held(system: System) -> float:
    await asyncio.sleep(SETTLED)
    return system.process.memory() if system.process else 0.0


async def _per_tab(system: System, count: int) -> float:
    """KB for each open page, with a tenth of them opened before as a warm-up."""
    early = await viewers_of(system, count // 10)
    before = await _held(system)
    pages = await viewers_of(system, count)
    for page in pages:
        page.idle()
    after = await _held(system)
    for page in [*early, *pages]:
        page.close()
    return (after - before) * 1000 / count


async def _growth(system: System, count: int) -> float:
    """MB between the end of the first replies, a tenth of `count`, and the end of `count` more."""
    held = []
    for replies in (count // 10, count):
        for _ in range(replies // AT_ONCE):
            await _replies(system)
        held.append(await _held(system))
    return held[1] - held[0]


async def _replies(system: System) -> None:
    viewers = await viewers_of(system, AT_ONCE)
    await together(viewers, REPLY, 0)
    if found := troubles(viewers):
        raise RuntimeError(f"{system.name}: {found[0]}")
    for viewer in viewers:
        viewer.close()
