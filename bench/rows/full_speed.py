"""5,000 deltas as fast as the wire takes them: the whole reply, and what it costs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from statistics import median
from typing import NamedTuple

from bench.load import Shape
from bench.stage import Row, Stage, warm

DELTAS = 5000
PER = 10_000


class Found(NamedTuple):
    whole: float
    cpu: float | None


async def measure(stage: Stage) -> AsyncIterator[Row]:
    for text, reach_whole, reach_cpu in (("prose", "≤ 0.25 s", "≤ 0.4 s"), ("markdown", "–", "–")):
        shape = Shape(DELTAS, text=text)
        found = {name: await _of(stage, name, shape) for name in stage.systems}
        whole = {name: f"{each.whole:.2f} s" for name, each in found.items()}
        yield Row(f"5,000 deltas at full speed ({text}): whole reply", reach_whole, whole)
        cpu = {name: f"{each.cpu:.2f} s" for name, each in found.items() if each.cpu is not None}
        yield Row(f"5,000 deltas at full speed ({text}): CPU per 10,000", reach_cpu, cpu)


async def _of(stage: Stage, name: str, shape: Shape) -> Found:
    async with stage.running(name) as system:
        viewer = await system.viewer(0)
        await warm([viewer], shape)
        viewer = await system.viewer(1)
        before = system.process.cpu() if system.process else 0.0
        seconds = []
        for _ in range(stage.sizes.whole_replies):
            await viewer.reply(shape)
            if viewer.trouble:
                raise RuntimeError(f"{name}: {viewer.trouble}")
            seconds.append(viewer.whole_reply)
        spent = system.process.cpu() - before if system.process else None
        return Found(median(seconds), spent and spent * PER / (DELTAS * len(seconds)))
