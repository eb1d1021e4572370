"""Processor time of everything that serves, by part; upstream, relays and people are left out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg

from bench.process import TICKS

from .stage import Stage

LOOK_EVERY = 0.5
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class Meter:
    """Counts while `run` runs. A process that ends between two looks takes half a second of its time with it."""

    def __init__(self, play: Stage) -> None:
        self._play = play
        self._first: dict[tuple[str, int], float] = {}
        self._last: dict[tuple[str, int], float] = {}

    async def run(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._play.database, autocommit=True) as connection:
            while True:
                found = await connection.execute(BACKENDS)
                self._look("PostgreSQL", [pid for (pid,) in await found.fetchall()])
                self._look("web", [web.pid for web in self._play.webs])
                self._look("Redis", [self._play.redis.pid])
                self._look("nginx", self._play.nginx.pids)
                await asyncio.sleep(LOOK_EVERY)

    @property
    def seconds(self) -> dict[str, float]:
        parts: dict[str, float] = {}
        for (part, pid), last in self._last.items():
            parts[part] = parts.get(part, 0.0) + last - self._first[part, pid]
        return parts

    def lines(self, messages: int, deltas: int) -> list[str]:
        whole = sum(self.seconds.values())
        parts = ", ".join(f"{part} {seconds / messages * 1000:.1f}" for part, seconds in self.seconds.items())
        return [f"processor time a message of {deltas} deltas: {whole / messages * 1000:.1f} ms ({parts})"]

    def _look(self, part: str, pids: list[int]) -> None:
        for pid in pids:
            if (spent := _cpu(pid)) is not None:
                self._first.setdefault((part, pid), spent)
                self._last[part, pid] = spent


def _cpu(pid: int) -> float | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / TICKS
