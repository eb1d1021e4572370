"""A list of 100,000 words comes into force while 20 replies are being written: do they all come, and how late?"""

from __future__ import annotations

import asyncio
from array import array

import uvloop

from bench.load import Shape, lateness
from bench.stage import percentile, together, troubles, viewers_of
from bench.systems.product import Product
from bench.systems.viewer import Viewer
from bench.upstream import fresh_site
from bench.wire import Wire, fetch

REPLIES, WORDS = 20, 100_000
SHAPE = Shape(500, 50)
AFTER = 2.0  # seconds


def measure() -> str:
    with fresh_site() as (product, glm):
        late, trouble = uvloop.run(_swapped(glm.port, product))
    return (
        f"{WORDS:,} words swapped under {REPLIES} replies: {len(trouble)} of them not whole, lateness p95 "
        f"{percentile(late, 95) * 1000:.0f} ms, longest {max(late) * 1000:.0f} ms"
    )


async def _swapped(upstream: int, product: Product) -> tuple[list[float], list[str]]:
    control, viewers = await Wire.open(upstream), await viewers_of(product, REPLIES)
    written = asyncio.ensure_future(together(viewers, SHAPE, 1.0))
    await asyncio.sleep(AFTER)
    await asyncio.to_thread(product.run, "bench.review.new_list", str(WORDS))
    await written
    return [each for viewer in viewers for each in await _late(control, viewer)], troubles(viewers)


async def _late(control: Wire, viewer: Viewer) -> list[float]:
    log = array("d")
    log.frombytes((await fetch(control, "GET", f"/log/{viewer.key}", {})).body)
    return lateness(viewer.shape, log.tolist(), viewer.arrived)
