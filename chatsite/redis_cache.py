"""The cache of several processes. While Redis is away each counts for itself: throttles stay, nobody is kept out."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from conversations import clock, redis_link

AWAY_FOR = 2.0  # seconds in which a Redis that did not answer is not asked again


class Json:
    """What is kept is text and numbers: Django's own pickles would let whoever writes to Redis run code here."""

    def dumps(self, value: Any) -> Any:
        return value if type(value) is int else json.dumps(value)

    def loads(self, data: Any) -> Any:
        return json.loads(data)


@cache
def _client(url: str) -> RedisCacheClient:
    """One for the process: a cache object lives for a request only."""
    options: dict[str, Any] = {"socket_connect_timeout": 1.0, "socket_timeout": 1.0, "protocol": 2}
    return RedisCacheClient([url], serializer=Json, retry=redis_link.never_again(), **options)


class _Far(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__([server], params)
        self._url = server

    @property
    def _cache(self) -> RedisCacheClient:
        return _client(self._url)

    def clear(self) -> None:
        """What is its own: Django's would empty the whole of a Redis that is shared with others."""
        client = self._cache.get_client(write=True)
        for key in client.scan_iter(f"{self.key_prefix}:*"):
            client.delete(key)


class Cache(BaseCache):
    """Redis, or this process's memory while it is away."""

    _away_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._far = _Far(server, params)
        self._near = LocMemCache("while Redis is away", params)

    def _ask(self, name: str, *args: Any, **options: Any) -> Any:
        if clock.monotonic() >= Cache._away_until:
            try:
                return getattr(self._far, name)(*args, **options)
            except redis_link.AWAY:
                Cache._away_until = clock.monotonic() + AWAY_FOR
        return getattr(self._near, name)(*args, **options)

    def add(self, *args: Any, **options: Any) -> Any:
        return self._ask("add", *args, **options)

    def get(self, *args: Any, **options: Any) -> Any:
        return self._ask("get", *args, **options)

    def set(self, *args: Any, **options: Any) -> Any:
        return self._ask("set", *args, **options)

    def touch(self, *args: Any, **options: Any) -> Any:
        return self._ask("touch", *args, **options)

    def delete(self, *args: Any, **options: Any) -> Any:
        return self._ask("delete", *args, **options)

    def incr(self, *args: Any, **options: Any) -> Any:
        return self._ask("incr", *args, **options)

    def clear(self) -> None:
        self._near.clear()
        self._ask("clear")
