"""What every measurement needs: the upstream, fresh servers one at a time, and how much to do."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from .load import Shape, lateness
from .process import Process
from .systems import Bare, Direct, PassThrough, Product, System, Viewer
from .upstream import base_of
from .wire import Wire, fetch


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is done; every count and time is bounded by these."""

    first_words: int
    whole_replies: int
    paced_seconds: int
    settled_replies: int
    tabs: int
    starts: int
    page_loads: int
    page_replies: int
    paced_texts: tuple[str, ...]


FULL = Sizes(
    first_words=100,
    whole_replies=10,
    paced_seconds=30,
    settled_replies=1000,
    tabs=200,
    starts=5,
    page_loads=9,
    page_replies=5,
    paced_texts=("prose", "markdown"),
)
QUICK = Sizes(
    first_words=30,
    whole_replies=3,
    paced_seconds=10,
    settled_replies=200,
    tabs=60,
    starts=2,
    page_loads=3,
    page_replies=2,
    paced_texts=("prose",),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its name, what it must reach, and one value a system, in words."""

    figure: str
    reach: str
    values: dict[str, str]


class Stage:
    """Starts systems in `folder` on the core of the servers; the caller runs on the other."""

    def __init__(
        self, folder: Path, upstream: Process, core: int, sizes: Sizes, control: Wire, *, is_cold: bool
    ) -> None:
        self.folder, self.sizes, self.is_cold = folder, sizes, is_cold
        base = base_of(upstream)
        self._upstream, self._control = upstream, control
        self._makers: dict[str, Callable[[Path], System]] = {
            Product.name: lambda place: Product(base, place, core),
            Direct.name: lambda place: Direct(upstream.port),
            PassThrough.name: lambda place: PassThrough(base, place, core),
            Bare.name: lambda place: Bare(base, place, core),
        }
        self._places = 0

    @property
    def systems(self) -> tuple[str, ...]:
        """The names of all systems, the product first."""
        return tuple(self._makers)

    @asynccontextmanager
    async def running(self, name: str) -> AsyncIterator[System]:
        """A freshly started system in an empty folder."""
        self._places += 1
        place = self.folder / str(self._places)
        place.mkdir()
        system = self._makers[name](place)
        try:
            yield system
        finally:
            system.stop()

    async def sent(self, viewer: Viewer) -> list[float]:
        """When the upstream sent each delta of the viewer's last reply."""
        log = array("d")
        log.frombytes((await fetch(self._control, "GET", f"/log/{viewer.key}", {})).body)
        return log.tolist()

    async def steps(self) -> int:
        """How often the upstream was told of a job, or asked for one."""
        return int((await fetch(self._control, "GET", "/steps", {})).body)

    async def late(self, viewers: Sequence[Viewer]) -> list[float]:
        """The lateness of all deltas of the viewers' last replies, in seconds."""
        return [each for v in viewers for each in lateness(v.shape, await self.sent(v), v.arrived)]

    def generator_cpu(self) -> float:
        """Processor seconds of upstream and clients so far: a busy generator would measure itself."""
        return self._upstream.cpu() + time.process_time()


async def viewers_of(system: System, count: int) -> list[Viewer]:
    """`count` people with a connected page each."""
    return [await system.viewer(number) for number in range(count)]


async def warm(viewers: Sequence[Viewer], shape: Shape) -> None:
    """Let each system import, connect and fill its caches before it is measured; twice, one after another."""
    for viewer in [*viewers, *viewers]:
        await viewer.reply(shape)
        if viewer.trouble:
            raise RuntimeError(viewer.trouble)


async def together(viewers: Sequence[Viewer], shape: Shape, within: float) -> None:
    """All viewers ask, evenly spread over `within` seconds, and see their replies to the end."""

    async def later(number: int, viewer: Viewer) -> None:
        await asyncio.sleep(within * number / len(viewers))
        await viewer.reply(shape)

    await asyncio.gather(*(later(number, viewer) for number, viewer in enumerate(viewers)))


def troubles(viewers: Sequence[Viewer]) -> list[str]:
    return [viewer.trouble for viewer in viewers if viewer.trouble]


def reason(viewers: Sequence[Viewer]) -> str:
    """The most frequent trouble in brackets, or nothing."""
    return "".join(f" ({words})" for words, _ in Counter(troubles(viewers)).most_common(1))


def percentile(values: Sequence[float], part: int) -> float:
    """The value that `part` per cent stay below; infinite without values."""
    if len(values) < 2:
        return values[0] if values else float("inf")
    return quantiles(values, n=100, method="inclusive")[part - 1]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 0.0995 else f"{seconds * 1000:.0f} ms"
