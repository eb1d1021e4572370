"""Takes steps of jobs, for the processes that serve pages on PostgreSQL and Redis; `beat` gives them their time."""

from __future__ import annotations

import asyncio
import threading
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from conversations import upstream
from conversations.management.serving.sandbox_child import SandboxChild
from conversations.management.serving.worker_health import serve_health


class Command(BaseCommand):
    help = "Take steps of jobs until it is told to stop: as many side by side as CHATSITE_JOB_THREADS."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clock", action="store_true", help="be the clock of all workers instead of one of them")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.CHATSITE_ROLE != "worker":
            raise SystemExit(f"Cannot start: `worker` is for CHATSITE_ROLE=worker, not {settings.CHATSITE_ROLE}.")
        try:
            celery: Any = import_module("chatsite.celery")
        except ModuleNotFoundError as error:
            if error.name != "celery":
                raise
            raise SystemExit("Cannot start: workers need Celery, which `./chat worker` brings along.") from None
        source = upstream.current()
        if options["clock"]:
            self._say("The clock of the workers ticks.")
            celery.app.Beat(loglevel="WARNING", quiet=True).run()
            return
        sandbox = SandboxChild(upstream.SANDBOX_KEY) if source.is_simulated else None
        if sandbox is not None:
            upstream.use_sandbox_at(sandbox.base_url)
            threading.Thread(target=asyncio.run, args=(sandbox.keep_running(),), daemon=True).start()
        health = serve_health(settings.HOST, settings.PORT)
        self._say(f"A worker takes steps of jobs; its health is at http://{settings.HOST}:{health.server_port}/readyz")
        try:
            celery.app.Worker(
                pool="threads",
                concurrency=settings.CHATSITE_JOB_THREADS,
                loglevel="WARNING",
                quiet=True,
                without_gossip=True,
                without_mingle=True,
                without_heartbeat=True,
            ).start()
        finally:
            health.shutdown()
            if sandbox is not None:
                sandbox.stop()

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
