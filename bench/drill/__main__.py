"""`python -m bench.drill`: two web processes on PostgreSQL and Redis behind nginx, people who write without a break.

A process is killed every twenty seconds, and each outage comes once. In the end it says what was lost and what was
doubled; the exit code is 1 if anything was.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.load import Shape

from .meter import Meter
from .people import Ledger, Person, within
from .stage import Stage, stage, until
from .tally import count, follow

KILL_EVERY = 20  # seconds
LOOK_EVERY = 0.2
SLOW = 0.05  # seconds more, each way, to PostgreSQL and to Redis
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Plan:
    messages: int
    people: int
    outage: float
    shape: Shape = Shape(40, rate=20)  # noqa: RUF009 - frozen
    kills: bool = True
    outages: bool = True


FULL = Plan(10_000, 60, 60)
QUICK = Plan(600, 30, 10)


class Director:
    """Breaks one thing after the other while people write."""

    def __init__(self, play: Stage, ledger: Ledger, plan: Plan) -> None:
        self._play, self._ledger, self._plan = play, ledger, plan
        self.kills = 0
        self.began = time.monotonic()

    async def keep_running(self) -> None:
        """As a container engine does."""
        while True:
            for web in self._play.webs:
                web.keep_running()
            await asyncio.sleep(LOOK_EVERY)

    async def kill(self) -> None:
        """One and the other by turns; never one while the other is not there."""
        for turn in range(sys.maxsize):
            await asyncio.sleep(KILL_EVERY)
            victim, other = self._play.webs[turn % 2], self._play.webs[1 - turn % 2]
            await asyncio.to_thread(until, other.is_ready, other.name)
            victim.send(signal.SIGKILL)
            self.kills += 1
            self.say(f"killed {victim.name}")

    async def break_everything_once(self) -> None:
        outages: dict[str, Callable[[], Awaitable[None]]] = {
            "Redis is away": lambda: self._cut("redis"),
            "PostgreSQL is away": lambda: self._cut("database"),
            "both are slow": self._slow,
            "Redis loses everything": self._empty,
            "a process is asked to end": self._ask_to_end,
        }
        for number, (name, outage) in enumerate(outages.items(), 1):
            await self._until_sent(number / (len(outages) + 1))
            self.say(name)
            await outage()
            self.say(f"{name}: over")

    async def _until_sent(self, part: float) -> None:
        await within(math.inf, lambda: len(self._ledger.ended) >= part * self._plan.messages)

    async def _cut(self, name: str) -> None:
        self._play.relays.order("cut", name)
        await asyncio.sleep(self._plan.outage)
        self._play.relays.order("mend", name)

    async def _slow(self) -> None:
        for seconds in (SLOW, 0):
            for name in ("redis", "database"):
                self._play.relays.order("slow", name, seconds)
            if seconds:
                await asyncio.sleep(self._plan.outage)

    async def _empty(self) -> None:
        await asyncio.to_thread(self._play.redis.end)
        await asyncio.to_thread(self._play.redis.start)

    async def _ask_to_end(self) -> None:
        self._play.webs[0].send(signal.SIGTERM)

    def say(self, words: str) -> None:
        passed, done = time.monotonic() - self.began, len(self._ledger.ended)
        print(f"{passed:6.0f} s  {done:6} answered  {words}", flush=True)


async def perform(play: Stage, cookies: list[str], plan: Plan) -> tuple[Ledger, Director, Meter]:
    ledger, meter = Ledger(plan.messages, plan.shape), Meter(play)
    director = Director(play, ledger, plan)
    works = [follow(play.database, ledger), meter.run()]
    works += [director.keep_running(), director.kill()] if plan.kills else []
    running = [asyncio.create_task(work) for work in works]
    breaking = asyncio.create_task(director.break_everything_once()) if plan.outages else None
    await asyncio.gather(*(Person(play.address, cookie, ledger).live() for cookie in cookies))
    if breaking:
        await breaking
    for task in running:
        task.cancel()
    for outcome in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome
    return ledger, director, meter


def main() -> int:
    plan, folder = _options()
    with ExitStack() as stack:
        folder = folder or stack.enter_context(tempfile.TemporaryDirectory(prefix="chatsite-drill-"))
        Path(folder).mkdir(parents=True, exist_ok=True)
        play, cookies = stack.enter_context(stage(Path(folder), plan.people))
        ledger, director, meter = asyncio.run(perform(play, cookies, plan))
        seconds = time.monotonic() - director.began
        tally = count(play.database, ledger)
    print(f"\n{seconds:.0f} s, {plan.people} people, {director.kills} kills, load average {os.getloadavg()[1]:.1f}")
    print("\n".join([*tally.lines(plan.shape.rate), *meter.lines(plan.messages, plan.shape.count)]))
    for name, found in (("lost", tally.lost), ("doubled", tally.doubled), ("unlike", tally.unlike)):
        print("".join(f"{name}: {each}\n" for each in found[:SHOWN]), end="")
    return 0 if tally.is_clean else 1


def _options() -> tuple[Plan, str | None]:
    parser = argparse.ArgumentParser(prog="python -m bench.drill", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="600 messages and short outages: a few minutes")
    parser.add_argument("--only-kills", action="store_true", help="no outages")
    parser.add_argument("--calm", action="store_true", help="nothing is killed or cut: for the processor time")
    parser.add_argument("--messages", type=int, help="how many are sent (10,000)")
    parser.add_argument("--people", type=int, help="how many write at the same time (60)")
    parser.add_argument("--outage", type=float, help="seconds that each outage lasts (60)")
    parser.add_argument("--deltas", type=int, default=40, help="length of a reply (40)")
    parser.add_argument("--rate", type=float, default=20, help="deltas a second (20)")
    parser.add_argument("--keep", metavar="FOLDER", help="where logs are kept")
    options = parser.parse_args()
    usual = QUICK if options.quick else FULL
    counts = (options.messages or usual.messages, options.people or usual.people, options.outage or usual.outage)
    outages = not (options.calm or options.only_kills)
    return Plan(*counts, Shape(options.deltas, options.rate), not options.calm, outages), options.keep


if __name__ == "__main__":
    sys.exit(main())
