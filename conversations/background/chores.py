"""What comes round again in a process: ending what fell silent, learning what changed, letting go what is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import connection

from conversations import (
    catalogue,
    clock,
    evidence,
    faults,
    knowledge,
    moderation,
    pictures,
    retention,
    scale,
    standing,
    upstream,
    usage,
)
from conversations.jobs import claims
from conversations.rooms import rooms
from conversations.turns import approval, counting, reaper, sight, summary, title

from .patience import Patience
from .replies import Replies

logger = structlog.get_logger(__name__)

ASK_FOR_MODELS_EVERY, HOUR = 30.0, 3600.0  # seconds
LEARN_SCALE_EVERY = 60.0  # seconds


class Chores:
    """`wake()` is called where something may be waiting."""

    def __init__(self, name: str, patiently: Patience, replies: Replies, wake: Callable[[], None]) -> None:
        self._name, self._patiently, self._replies, self._wake = name, patiently, replies, wake
        self._began = clock.now()

    def all(self) -> Iterator[Coroutine[Any, Any, None]]:
        yield self._sweep()
        yield self._learn_models()
        yield self._tend_records()
        yield self._follow_policy()
        yield self._tend_hourly()
        yield self._learn_scale()
        yield usage.keep(partial(self._patiently, pool="usage"))

    async def _sweep(self) -> None:
        if connection.vendor == "sqlite":
            await self._patiently(partial(reaper.reap_all_running, but_of=self._name))
            await self._patiently(partial(summary.take_over, self._name))
            await self._patiently(partial(knowledge.settle_lost, self._began))  # by no other process
        await self._patiently(title.end_abandoned)
        await self._patiently(summary.end_abandoned)
        await self._patiently(counting.end_abandoned)
        await self._patiently(lambda: faults.end_all_but(upstream.current()))
        while True:
            await self._patiently(faults.refresh)
            rooms.sweep()
            await self._patiently(claims.note_places)
            if self._patiently.may_reap:
                await self._patiently(self._replies.reap_silent)
            await self._patiently(sight.settle)
            await self._patiently(summary.take_over)
            await self._patiently(approval.expire_due)
            self._wake()
            await asyncio.sleep(settings.CHATSITE_SWEEP)

    async def _learn_models(self) -> None:
        """Ask a server that we know nothing about for its models until it tells them."""
        while not upstream.knows_models():
            await upstream.refresh_models()
            await asyncio.sleep(0 if upstream.knows_models() else ASK_FOR_MODELS_EVERY)

    async def _tend_records(self) -> None:
        """Open again what reviewers forgot, act on verdicts that nobody took back, and let go what was deleted."""
        while True:
            await self._patiently(moderation.expire_claims)
            await self._patiently(moderation.announce_due)
            await self._patiently(retention.purge_due)
            await asyncio.sleep(settings.CHATSITE_SWEEP)

    async def _follow_policy(self) -> None:
        """Learn what administrators changed: in a thread of its own, because long word lists take time."""
        while True:
            await self._patiently(catalogue.refresh, pool="policy")
            await self._patiently(standing.refresh, pool="policy")
            await asyncio.sleep(settings.CHATSITE_SWEEP)

    async def _tend_hourly(self) -> None:
        """Whoever keeps the log can prove that nothing before was cut from the evidence; unused pictures go, and what
        dead processes left of knowledge is ended."""
        while True:
            await self._patiently(lambda: logger.info("evidence head", head=str(evidence.head())))
            await self._patiently(pictures.sweep, pool="media")
            await self._patiently(knowledge.settle_lost)
            await asyncio.sleep(HOUR)

    async def _learn_scale(self) -> None:
        """How far estimates of tokens are off, from what GLM says of them."""
        while True:
            await self._patiently(scale.refresh)
            await asyncio.sleep(LEARN_SCALE_EVERY)
