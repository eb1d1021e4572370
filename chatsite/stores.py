"""Where records, news, counts and pictures are kept: one file, this process's memory and a folder, or PostgreSQL, Redis
and a bucket for several.

Values in, settings out. Nothing of psycopg, redis or boto3 is imported before one of them is set.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

WEB, WORKER, COMMAND = ROLES = ("web", "worker", "command")

POSTGRESQL = ("postgres://", "postgresql://")
REDIS = ("redis://", "rediss://", "unix://")

POOL = {"min_size": 2, "timeout": 5.0, "reconnect_timeout": 2.0, "name": "chatsite"}
# Beside one for each thread of pages and jobs: four for turns, four for open pages. All else takes one that is free.
BESIDE_THREADS = 8
# A dead host is noticed by the kernels of both ends: in seconds, not in the two hours that are usual.
CONNECTION = {
    "application_name": "chatsite",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "prepare_threshold": 1,  # of what asks for it (chatsite.postgresql): Django's own cursors never do
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
}
# A web process that dies in mid-transaction, and the server does not hear of it, must not keep what it has locked: all
# others would wait for it. Its transactions wait for nobody.
LET_GO = "-c idle_in_transaction_session_timeout=15s"


def refuse_what_cannot_work(database_url: str, redis_url: str, role: str) -> None:
    """End in one line. DATABASE_URL alone works for one process, and `serve` sees to it that there is but one."""
    if redis_url and not redis_url.startswith(REDIS):
        raise ImproperlyConfigured("REDIS_URL must look like redis://name:password@host:6379/0.")
    if redis_url and not database_url:
        raise ImproperlyConfigured(
            "REDIS_URL is for several processes, which need a database that all can reach: set DATABASE_URL as well."
        )
    if role == WORKER and not (database_url and redis_url):
        raise ImproperlyConfigured("CHATSITE_ROLE=worker needs both DATABASE_URL and REDIS_URL.")


def database(url: str, role: str, data: Path, threads: int) -> dict[str, Any]:
    """The one database: PostgreSQL at `url`, else a file in `data`. So many `threads` make pages, or take steps of
    jobs, at the same time."""
    return _postgresql(url, role, threads) if url else _sqlite(data)


def _sqlite(data: Path) -> dict[str, Any]:
    return {
        "ENGINE": "chatsite.sqlite",
        "NAME": data / "chatsite.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 5,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _postgresql(url: str, role: str, threads: int) -> dict[str, Any]:
    """Web processes share a pool among their threads, everything else keeps one connection: Django refuses both."""
    parsed = _parsed(url)
    options = {**CONNECTION, **parsed.get("OPTIONS", {})}
    if role == WEB:
        options["options"] = f"{options['options']} {LET_GO}"
        options["pool"] = {**POOL, "max_size": threads + BESIDE_THREADS}
        # Whether a connection is still open is seen without asking (chatsite.postgresql).
        return {**parsed, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "OPTIONS": options}
    return {**parsed, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def _parsed(url: str) -> dict[str, Any]:
    example = "DATABASE_URL must look like postgresql://name:password@host:5432/database."
    if not url.startswith(POSTGRESQL):
        raise ImproperlyConfigured(example)
    try:
        parsed: dict[str, Any] = import_module("dj_database_url").parse(url, engine="chatsite.postgresql")
    except ValueError:
        raise ImproperlyConfigured(example) from None
    if not parsed["NAME"]:
        raise ImproperlyConfigured(example)
    return parsed


def cache(redis_url: str, prefix: str) -> dict[str, Any]:
    """Throttles count here: with the usual 300 entries a crowd of attackers would push out its own counts."""
    if not redis_url:
        return {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    return {"BACKEND": "chatsite.redis_cache.Cache", "LOCATION": redis_url, "KEY_PREFIX": f"{prefix}:cache"}


def channel_layer(redis_url: str, prefix: str) -> dict[str, Any]:
    if not redis_url:
        return {"BACKEND": "chatsite.local_layer.LocalLayer"}
    return {
        "BACKEND": "chatsite.redis_layer.ChannelLayer",
        "CONFIG": {"url": redis_url, "prefix": f"{prefix}:news"},
    }


def files(
    bucket: str, *, endpoint: str, region: str, prefix: str, key_id: str, secret: str, accel: str
) -> dict[str, Any]:
    """Where pictures lie: a folder of this machine, or a bucket of an S3-compatible storage."""
    if not bucket:
        if endpoint or key_id or secret:
            raise ImproperlyConfigured("CHATSITE_S3_BUCKET is missing: the other CHATSITE_S3_… settings need it.")
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if bool(key_id) != bool(secret):
        raise ImproperlyConfigured("Set CHATSITE_S3_KEY_ID and CHATSITE_S3_SECRET, both or neither.")
    if accel:
        raise ImproperlyConfigured("CHATSITE_ACCEL is for files of this machine; leave it out with CHATSITE_S3_BUCKET.")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured("CHATSITE_S3_BUCKET needs packages that `./chat` brings along where it is set.")
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint or None,
        "region_name": region or None,
        "location": prefix,
        "access_key": key_id or None,
        "secret_key": secret or None,
    }
    return {"BACKEND": "chatsite.s3.Bucket", "OPTIONS": options}
