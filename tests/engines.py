"""The addresses of a PostgreSQL and a Redis that tests may use, as lines for the environment; nothing without both.

`CHATSITE_TEST_DATABASE_URL` and `CHATSITE_TEST_REDIS_URL` name them; else those of this machine are tried.
"""

import os

import psycopg
import redis

DATABASE_URL = os.environ.get("CHATSITE_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("CHATSITE_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


def answer() -> bool:
    try:
        psycopg.connect(DATABASE_URL, connect_timeout=3).close()
        return bool(redis.Redis.from_url(REDIS_URL, socket_timeout=3).ping())
    except (psycopg.Error, redis.RedisError):
        return False


if __name__ == "__main__" and answer():
    print(f"CHATSITE_TEST_DATABASE_URL={DATABASE_URL}")
    print(f"CHATSITE_TEST_REDIS_URL={REDIS_URL}")
