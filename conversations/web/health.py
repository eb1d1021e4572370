"""Whether this process can serve, for balancers and alarms. Strangers are told what is missing; why is in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module

import structlog
from django.conf import settings

from conversations import background, clock
from conversations.db import in_pool
from conversations.readiness import DATABASE_CHECKS, FINE, SILENT, Report, look_at_database

KEPT = 1.0  # seconds that an answer is good for: nobody loads the database by asking
PATIENCE = 2.0  # seconds

logger = structlog.get_logger(__name__)


async def look_at_redis() -> Report:
    """With a connection of its own: that a new one can be made is part of the answer."""
    try:
        async with import_module("conversations.redis_link").link(settings.REDIS_URL) as link:
            await link.ping()
    except Exception:
        logger.warning("readiness check failed", check="redis", exc_info=True)
        return {"redis": "failed"}
    return {"redis": FINE}


class Probe:
    """One look at a time, shared by all who ask; one that hangs is not begun again."""

    def __init__(self, names: tuple[str, ...], look: Callable[[], Awaitable[Report]]) -> None:
        self._names, self._look = names, look
        self._looking: asyncio.Task[Report] | None = None
        self._begun = 0.0

    async def report(self) -> Report:
        now = clock.monotonic()
        if self._looking is None or (self._looking.done() and now - self._begun >= KEPT):
            self._begun = now
            self._looking = asyncio.ensure_future(self._look())
        await asyncio.wait({self._looking}, timeout=PATIENCE)
        return self._looking.result() if self._looking.done() else dict.fromkeys(self._names, SILENT)


class Readiness:
    """All that must be there for this process to serve."""

    def __init__(self) -> None:
        self._probes = [Probe(tuple(DATABASE_CHECKS), lambda: in_pool("ready", look_at_database))]
        if settings.REDIS_URL:
            self._probes.append(Probe(("redis",), look_at_redis))
        self._last: Report = {}

    async def report(self) -> tuple[bool, Report]:
        """Whether it can serve, and a phrase for each part of it."""
        report = {"process": FINE if background.is_running() else "ending"}
        for part in await asyncio.gather(*(probe.report() for probe in self._probes)):
            report |= part
        is_ready = all(phrase == FINE for phrase in report.values())
        self._tell(is_ready, report)
        return is_ready, report

    def _tell(self, is_ready: bool, report: Report) -> None:
        if self._last and self._last != report:
            (logger.info if is_ready else logger.warning)("ready" if is_ready else "not ready", **report)
        self._last = report
