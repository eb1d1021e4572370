"""An open page in Chromium: what it weighs, when it can be used, and what a growing reply costs its main thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import cast

from playwright.async_api import Browser, Error

from bench.browser import Tab, Traffic, chromium, tab
from bench.load import Shape
from bench.stage import Row, Stage
from bench.systems import Product

SHORT, LONG = 500, 5_000  # messages
SETTLE_MS = 600
AT_PACE = Shape(250, rate=50, text="markdown")
AT_ONCE = Shape(1000, text="markdown")

ENDED = """(count) => document.querySelectorAll("#messages .message--reply").length >= count
  && !document.querySelector("#messages .writing")"""
# From the key that sends to the moment the ended reply has been painted; one look a frame.
TIMED = """(count) => new Promise((tell) => {
  let began;
  addEventListener("keydown", () => (began = performance.now()), {capture: true, once: true});
  const look = () => {
    const isOver = document.querySelectorAll("#messages .message--reply").length >= count
      && !document.querySelector("#messages .writing");
    if (began && isOver) tell(performance.now() - began); else requestAnimationFrame(look);
  };
  look();
})"""


@dataclass(frozen=True, slots=True)
class Opening:
    """One uncached load; times in milliseconds from its start."""

    traffic: Traffic
    seen: dict[str, float]


async def measure(stage: Stage) -> AsyncIterator[Row]:
    try:
        async for row in _measure(stage):
            yield row
    except (Error, TimeoutError) as error:
        raise RuntimeError(str(error)) from error


async def _measure(stage: Stage) -> AsyncIterator[Row]:
    async with stage.running(Product.name) as system, chromium() as browser:
        site = cast(Product, system)
        codes = dict(zip((SHORT, LONG), site.run("bench.transcripts", str(SHORT), str(LONG)), strict=True))
        openings = {size: await _openings(stage, browser, site, f"/c/{code}/") for size, code in codes.items()}
        for row in (*_weight(openings[SHORT]), *_speed(openings)):
            yield row
        yield await _at_pace(stage, browser, site)
        yield await _at_once(stage, browser, site)


async def _openings(stage: Stage, browser: Browser, site: Product, path: str) -> list[Opening]:
    """The first is not counted: it renders what was written as rows, and wakes the browser's fonts."""
    return [await _open(browser, site, path) for _ in range(stage.sizes.page_loads + 1)][1:]


async def _open(browser: Browser, site: Product, path: str) -> Opening:
    async with tab(browser, site.address, site.cookie(0)) as opened:
        await opened.page.goto(site.address + path)
        await opened.until("seen.ready && seen.last")
        await opened.page.wait_for_timeout(SETTLE_MS)
        return Opening(opened.traffic, await opened.seen())


def _weight(openings: Sequence[Opening]) -> list[Row]:
    def half(value: Callable[[Opening], float]) -> float:
        return median(map(value, openings))

    loaded = [
        ("over the wire", "≤ 100 KB", f"{half(lambda each: each.traffic.wire) / 1000:.1f} KB"),
        ("script", "≤ 45 KB", f"{half(lambda each: each.traffic.script) / 1000:.1f} KB"),
        ("requests", "≤ 10", f"{half(lambda each: each.traffic.requests):.0f}"),
        ("input ready", "≤ 0.5 s", f"{half(lambda each: each.seen['ready']) / 1000:.2f} s"),
        ("blocking time", "≤ 50 ms", f"{half(lambda each: each.seen['blocked']):.0f} ms"),
        (
            "largest paint; layout shift",
            "≤ 1 s; 0",
            f"{half(lambda each: each.seen['painted']) / 1000:.2f} s; {half(lambda each: each.seen['moved']):.3f}",
        ),
    ]
    return [Row(f"page of {SHORT} messages: {name}", reach, {Product.name: value}) for name, reach, value in loaded]


def _speed(openings: dict[int, list[Opening]]) -> list[Row]:
    seconds = {size: median(each.seen["last"] for each in some) / 1000 for size, some in openings.items()}
    change = seconds[LONG] / seconds[SHORT] - 1
    return [
        Row(
            f"{SHORT} messages, 200 KB: last line shown",
            "≤ 0.6 s",
            {Product.name: f"{seconds[SHORT]:.2f} s"},
        ),
        Row(
            f"{LONG:,} messages: last line shown",
            "the same ± 20 %",
            {Product.name: f"{seconds[LONG]:.2f} s, {change:+.0%}"},
        ),
    ]


async def _at_pace(stage: Stage, browser: Browser, site: Product) -> Row:
    """Nobody looks while it is written: looking would be work of the main thread too."""
    spent = []
    async with tab(browser, site.address, site.cookie(1)) as opened:
        for _ in range(stage.sizes.page_replies):
            await _begin(opened, site, AT_PACE)
            before = await opened.work()
            await opened.page.keyboard.press("Enter")
            await asyncio.sleep(AT_PACE.seconds + 0.5)
            await opened.until(ENDED, 1)
            after = await opened.work()
            spent.append((after[0] - before[0], after[1] - before[1]))
    clock, cpu = (median(values) for values in zip(*spent, strict=True))
    figure = "main thread during a reply of 5 s at 50 deltas/s"
    return Row(figure, "≤ 0.8 s", {Product.name: f"{clock:.2f} s ({cpu:.2f} s of processor)"})


async def _at_once(stage: Stage, browser: Browser, site: Product) -> Row:
    seconds = []
    async with tab(browser, site.address, site.cookie(2)) as opened:
        for _ in range(stage.sizes.page_replies):
            await _begin(opened, site, AT_ONCE)
            timed = asyncio.ensure_future(opened.page.evaluate(TIMED, 1))
            await opened.page.wait_for_timeout(100)
            await opened.page.keyboard.press("Enter")
            seconds.append(await timed / 1000)
    return Row("1,000 deltas at once until in the page", "≤ 0.5 s", {Product.name: f"{median(seconds):.2f} s"})


async def _begin(opened: Tab, site: Product, shape: Shape) -> None:
    """A new conversation with the question in its box."""
    await opened.page.goto(site.address + "/")
    await opened.until("seen.ready")
    await opened.page.locator("#prompt").fill(shape.prompt())
    await opened.page.wait_for_timeout(SETTLE_MS)
