"""Chromium as the page's figures need it: fresh profiles, what came over the wire, and what the main thread did."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, CDPSession, Page, async_playwright

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-extensions"),
)
PATIENCE = 30  # seconds
SIZE = {"width": 1280, "height": 800}

# Notes when the page can be used (its socket is open, so Enter sends and the answer is drawn), when the last line
# of its last reply is in sight, what blocked the main thread, and what moved.
WATCH = """
window.seen = {ready: 0, last: 0, blocked: 0, moved: 0, painted: 0};
const observe = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({type, buffered: true});
observe("longtask", (task) => (seen.blocked += task.duration - 50));
observe("layout-shift", (shift) => (seen.moved += shift.hadRecentInput ? 0 : shift.value));
observe("largest-contentful-paint", (paint) => (seen.painted = paint.startTime));
const look = () => {
  const end = [...document.querySelectorAll("#messages .message--reply .prose")].at(-1)?.getBoundingClientRect();
  if (document.querySelector("chat-live")?.isOpen) seen.ready ||= performance.now();
  if (end && end.bottom > 0 && end.bottom <= innerHeight && document.readyState !== "loading") {
    seen.last ||= performance.now();
  }
  if (!seen.ready || (end && !seen.last)) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


@dataclass
class Traffic:
    """What one page fetched, in bytes with headers as they came over the wire. Playwright marks who listens."""

    kinds: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def note_request(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event.get("type", "")

    def note_end(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    @property
    def wire(self) -> int:
        return sum(self.sizes.values())

    @property
    def script(self) -> int:
        return sum(size for each, size in self.sizes.items() if self.kinds.get(each) == "Script")

    @property
    def requests(self) -> int:
        return len(self.kinds)


@dataclass(slots=True)
class Tab:
    """A page in a profile of its own; `devtools` is the line to its inspector."""

    page: Page
    devtools: CDPSession
    traffic: Traffic = field(default_factory=Traffic)

    async def work(self) -> tuple[float, float]:
        """Seconds of the main thread so far: in tasks by the clock, and of processor time."""
        metrics = (await self.devtools.send("Performance.getMetrics"))["metrics"]
        found = {each["name"]: float(each["value"]) for each in metrics}
        return found["TaskDuration"], found["ThreadTime"]

    async def until(self, condition: str, argument: object = None) -> None:
        """Wait, looking ten times a second from outside: the content policy forbids Playwright's own waiting."""
        async with asyncio.timeout(PATIENCE):
            while not await self.page.evaluate(condition, argument):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def seen(self) -> dict[str, float]:
        found: dict[str, float] = await self.page.evaluate("seen")
        return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """On all cores of the machine, unlike the servers: a browser is many processes."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        async with async_playwright() as playwright:
            program = shutil.which("chromium")
            browser = await playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
            os.sched_setaffinity(0, own)
            try:
                yield browser
            finally:
                await browser.close()
    finally:
        os.sched_setaffinity(0, own)


@asynccontextmanager
async def tab(browser: Browser, address: str, cookie: str) -> AsyncIterator[Tab]:
    """A fresh profile with the cookies of a header; nothing is cached."""
    context = await browser.new_context(viewport=SIZE, locale="en")  # type: ignore[arg-type]
    pairs = (each.split("=", 1) for each in cookie.split("; "))
    await context.add_cookies([{"name": name, "value": value, "url": address} for name, value in pairs])
    page = await context.new_page()
    await page.add_init_script(WATCH)
    opened = Tab(page, await context.new_cdp_session(page))
    opened.devtools.on("Network.requestWillBeSent", opened.traffic.note_request)
    opened.devtools.on("Network.loadingFinished", opened.traffic.note_end)
    await opened.devtools.send("Network.enable")
    await opened.devtools.send("Performance.enable")
    try:
        yield opened
    finally:
        await context.close()
