"""Two web processes on PostgreSQL and Redis behind nginx, as compose.yaml has them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis

from tests.needs import need
from tests.own_database import own_database
from tests.relay import Relay
from tests.served.nginx import Nginx
from tests.served.prepared import Prepared
from tests.served.site import TURN_SECONDS, Site, clean_environment
from tests.waiting import eventually

USUAL_REDIS = "redis://127.0.0.1:6379/0"
TURNS = """
SELECT turn.state, reply.parts FROM conversations_turn turn
  JOIN conversations_conversation conversation ON conversation.id = turn.conversation_id
  JOIN conversations_message reply ON reply.id = turn.reply_id
 WHERE conversation.code = %s ORDER BY turn.id
"""


class Cluster:
    """`address` is that of the proxy; processes are started and ended one by one. They reach PostgreSQL and Redis
    through the relays, which can be cut."""

    def __init__(self, folder: Path, url: str, database: Relay, store: Relay, **settings: object) -> None:
        self.database, self.redis = database, store
        self._url = url
        shared = {
            "DATABASE_URL": database.address(url),
            "REDIS_URL": store.address(own_redis()),
            "CHATSITE_REDIS_PREFIX": f"test:{secrets.token_hex(6)}",
            "CHATSITE_TRUSTED_PROXIES": 1,
            **settings,
        }
        self.sites = [Site(folder / "data", clean_environment(), **shared) for _ in range(2)]
        self.nginx = Nginx(folder / "nginx", [site.port for site in self.sites])
        self.address = self.nginx.address
        self.cookies: dict[str, dict[str, str]] = {}

    @property
    def first(self) -> Site:
        return self.sites[0]

    @property
    def second(self) -> Site:
        return self.sites[1]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database past its relay."""
        with psycopg.connect(self._url) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[call-overload,no-any-return]

    def turns(self, code: str) -> list[tuple[str, str]]:
        """State and text of each reply of a conversation, once none is being written."""
        found = eventually(lambda: _all_ended(self.rows(TURNS, code)), TURN_SECONDS)
        return [(state, "".join(part["text"] for part in parts["parts"])) for state, parts in found]


def _all_ended(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [] if {"queued", "running"} & {state for state, *_ in rows} else rows


def own_redis() -> str:
    url = os.environ.get("CHATSITE_TEST_REDIS_URL", USUAL_REDIS)
    parts = urlsplit(url)
    with redis.Redis.from_url(url) as client:
        try:
            is_here = bool(client.ping())
        except redis.RedisError:
            is_here = False
    need(is_here, f"Redis does not answer at {parts.hostname}:{parts.port or 6379}")
    return url


@contextmanager
def cluster(folder: Path, prepared: Prepared, **settings: object) -> Iterator[Cluster]:
    """With the proxy and the first process running."""
    folder.mkdir(exist_ok=True)
    with ExitStack() as undo:
        url = undo.enter_context(own_database())
        prepared.on_server(folder / "data", url)
        database = undo.enter_context(Relay.before(url, 5432))
        store = undo.enter_context(Relay.before(own_redis(), 6379))
        made = Cluster(folder, url, database, store, **settings)
        for site in made.sites:
            undo.callback(site.kill)
        made.first.start()
        undo.enter_context(made.nginx)
        yield made
