"""How often the site writes: transactions of its database, counted from outside.

In WAL mode SQLite counts committed write transactions in the shared header of its WAL index (sqlite.org,
"WAL-mode File Format", field iChange): whatever writes is seen, and nothing has to be built into the site.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path

from bench.load import Shape
from bench.stage import Row, Stage, together, troubles, viewers_of
from bench.systems import Product

RATE = 50
CHANGES_AT = 8


async def measure(stage: Stage) -> AsyncIterator[Row]:
    seconds = max(5, stage.sizes.paced_seconds)
    for count in (1, 20):
        rate = await _writes(stage, count, seconds)
        yield Row(f"writes per second and reply, {count} running", "≤ 2", {Product.name: f"{rate:.2f}"})


async def _writes(stage: Stage, count: int, seconds: int) -> float:
    """Transactions from the questions to the sealed replies, both included."""
    async with stage.running(Product.name) as system:
        assert isinstance(system, Product)
        index = system.data / "chatsite.sqlite3-shm"
        viewers = await viewers_of(system, count)
        await asyncio.sleep(0.5)
        before = changes(index)
        await together(viewers, Shape(RATE * seconds, RATE), 0)
        if found := troubles(viewers):
            raise RuntimeError(found[0])
        return (changes(index) - before) / (seconds * count)


def changes(index: Path) -> int:
    """The number of write transactions since the database was opened."""
    with index.open("rb") as file:
        return int(struct.unpack_from("=I", file.read(16), CHANGES_AT)[0])
