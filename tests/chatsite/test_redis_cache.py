"""Counts of several processes, and of one while Redis is away."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from redis import Redis

from chatsite import redis_cache
from chatsite.redis_cache import Cache
from tests.relay import Relay
from tests.stores import REDIS_URL

pytestmark = pytest.mark.stores


@pytest.fixture(autouse=True)
def _is_not_thought_away() -> Iterator[None]:
    redis_cache._client.cache_clear()
    yield
    Cache._away_until = 0.0
    redis_cache._client.cache_clear()


def cache(url: str = REDIS_URL, prefix: str = "") -> Cache:
    return Cache(url, {"KEY_PREFIX": prefix or f"test:{uuid.uuid4().hex}"})


@pytest.mark.parametrize("value", [3, 1.5, "text", "文字", True, None, [1.5, 2], {"a": [1]}])
def test_keeps_what_throttles_count_with(value: object) -> None:
    here = cache()
    here.set("key", value, 60)
    assert here.get("key", "nothing") == value
    assert here.get_many(["key", "other"]) == {"key": value}


def test_all_processes_count_together() -> None:
    here, there = cache(prefix="test:together"), cache(prefix="test:together")
    here.delete("key")
    assert here.add("key", 1, 60)
    assert not there.add("key", 1, 60)
    assert there.incr("key") == 2
    assert here.get("key") == 2
    assert there.touch("key", 10)
    there.delete("key")
    assert "key" not in here


def test_holds_no_pickles() -> None:
    here = cache(prefix="test:pickles")
    here.set("key", ["a"], 60)
    with Redis.from_url(REDIS_URL) as client:
        assert client.get(here.make_key("key")) == b'["a"]'


def test_is_cleared_without_touching_what_others_keep_in_redis() -> None:
    here, other = cache(), cache()
    here.set("key", 1, 60)
    other.set("key", 1, 60)
    here.clear()
    assert here.get("key") is None
    assert other.get("key") == 1


def test_counts_for_itself_while_redis_is_away() -> None:
    with Relay.before(REDIS_URL, 6379) as relay:
        here = cache(relay.address(REDIS_URL))
        here.set("key", 1, 60)
        relay.cut()
        assert here.get("key") is None
        assert here.add("key", 5, 60)
        assert here.incr("key") == 6
        relay.mend()
        assert here.get("key") == 6, "for a moment it is not asked again"
        Cache._away_until = 0.0
        assert here.get("key") == 1
