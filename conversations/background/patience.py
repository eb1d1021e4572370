"""How work that comes round again bears with a database that is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection

from conversations import clock, outages
from conversations.db import Pool, in_pool

logger = structlog.get_logger(__name__)


class Patience:
    """`since`: when the database last began to answer this process, on the monotonic clock."""

    def __init__(self) -> None:
        self.since = clock.monotonic()
        self._is_away = False

    async def __call__(self, work: Callable[[], Any], pool: Pool = "turns") -> None:
        """Do work that comes round again: what goes wrong, such as a database that is away, only delays it.

        Work that asks the database for nothing does not belong here: its success would be taken for the database's.
        """
        try:
            await in_pool(pool, work)
        except DatabaseError as error:
            self._note(error)
        except Exception:
            logger.exception("background work goes wrong; it will be tried again")
        else:
            self._note(None)

    @property
    def may_reap(self) -> bool:
        # While the database was away nobody could renew a lease: each process has a whole one to do so.
        return connection.vendor == "sqlite" or clock.monotonic() - self.since >= settings.CHATSITE_LEASE

    def _note(self, error: DatabaseError | None) -> None:
        """Told once, not at each of the many tries."""
        if error is not None:
            self.since = clock.monotonic()
        if self._is_away != (error is not None):
            self._is_away = error is not None
            outages.note("database", is_away=self._is_away)
            event = "the database does not answer; it will be asked again" if error else "the database answers again"
            logger.warning(event, error=str(error or ""))
