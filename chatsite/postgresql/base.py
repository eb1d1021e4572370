"""A pool makes everybody wait for a connection for as long as it may. While the server is away that is wrong for all
but the first: requests would queue up behind each other's time-outs, and answers in words would come after minutes.
So once somebody has waited in vain, the next wait only briefly, until one of them gets a connection.
"""

from __future__ import annotations

import time
from typing import Any, ClassVar

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel

BRIEFLY = 0.25  # seconds
AWAY_FOR = 10.0  # seconds that one vain wait counts


class DatabaseWrapper(base.DatabaseWrapper):
    """Remembers for all threads of the process when the pool last had nothing to give."""

    _waited_in_vain: ClassVar[float] = -AWAY_FOR

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        pool = self.pool
        if pool is None:
            return super().get_new_connection(conn_params)
        kind = DatabaseWrapper
        self.isolation_level = IsolationLevel.READ_COMMITTED
        pool.open()
        is_away = time.monotonic() - kind._waited_in_vain < AWAY_FOR
        try:
            connection = pool.getconn(BRIEFLY if is_away else None)
        except Exception:
            kind._waited_in_vain = time.monotonic()
            raise
        kind._waited_in_vain = -AWAY_FOR
        return connection
