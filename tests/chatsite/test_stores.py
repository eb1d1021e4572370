"""Which database, cache and layer come of two addresses and a role."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from chatsite import stores
from tests.chatsite.test_settings import ROOT, refusal
from tests.stores import DATABASE_URL

DATABASE = "postgresql://ann:s%40cret@db.example.org:5433/chat?sslmode=require"
REDIS = "redis://127.0.0.1:6379/0"
HEAVY = ("psycopg", "psycopg_pool", "redis", "dj_database_url")


def postgresql(role: str) -> dict[str, Any]:
    return stores.database(DATABASE, role, Path("/nowhere"), 8)


def test_without_an_address_it_is_a_file_in_the_data_directory() -> None:
    found = stores.database("", stores.WEB, Path("/somewhere"), 8)
    assert (found["ENGINE"], found["NAME"]) == ("chatsite.sqlite", Path("/somewhere/chatsite.sqlite3"))


def test_an_address_says_all_about_the_server() -> None:
    found = postgresql(stores.COMMAND)
    names = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "NAME")
    assert [found[name] for name in names] == [
        "chatsite.postgresql",
        "ann",
        "s@cret",
        "db.example.org",
        5433,
        "chat",
    ]
    assert found["OPTIONS"]["sslmode"] == "require"


def test_web_processes_pool_and_others_keep_one_connection() -> None:
    web = postgresql(stores.WEB)
    assert web["CONN_MAX_AGE"] == 0
    assert {name: web["OPTIONS"]["pool"][name] for name in ("min_size", "max_size", "timeout")} == {
        "min_size": 2,
        "max_size": 16,
        "timeout": 5.0,
    }
    for role in (stores.WORKER, stores.COMMAND):
        other = postgresql(role)
        assert (other["CONN_MAX_AGE"], other["CONN_HEALTH_CHECKS"]) == (None, True)
        assert "pool" not in other["OPTIONS"]


def test_the_pool_is_as_large_as_pages_and_turns_need() -> None:
    found = stores.database(DATABASE, stores.WEB, Path("/nowhere"), 64)
    assert found["OPTIONS"]["pool"]["max_size"] == 72


@pytest.mark.stores
def test_what_a_web_process_leaves_locked_is_let_go() -> None:
    """The server ends a transaction that nobody goes on with; commands may take their time."""
    found = {}
    for role in stores.ROLES:
        with psycopg.connect(DATABASE_URL, options=postgresql(role)["OPTIONS"]["options"]) as connection:
            shown = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
        found[role] = shown and shown[0]
    assert found == {stores.WEB: "15s", stores.WORKER: "0", stores.COMMAND: "0"}


def test_options_of_the_address_stay() -> None:
    found = stores.database(DATABASE + "&options=-c%20work_mem%3D8MB", stores.WEB, Path("/nowhere"), 8)
    assert found["OPTIONS"]["options"].split(" -c ") == ["-c work_mem=8MB", "idle_in_transaction_session_timeout=15s"]


@pytest.mark.parametrize("url", ["mysql://a/b", "sqlite:///file", "postgresql://host", "postgresql://h:port/name", "x"])
def test_no_other_database_is_taken(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must look like"):
        stores.database(url, stores.WEB, Path("/nowhere"), 8)


def test_names_in_redis_begin_with_the_prefix() -> None:
    assert stores.cache(REDIS, "here")["KEY_PREFIX"] == "here:cache"
    assert stores.channel_layer(REDIS, "here")["CONFIG"]["prefix"] == "here:news"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"REDIS_URL": REDIS}, "set DATABASE_URL as well"),
        ({"REDIS_URL": "127.0.0.1:6379", "DATABASE_URL": DATABASE}, "REDIS_URL must look like"),
        ({"CHATSITE_ROLE": "worker"}, "needs both DATABASE_URL and REDIS_URL"),
        ({"CHATSITE_ROLE": "worker", "DATABASE_URL": DATABASE}, "needs both DATABASE_URL and REDIS_URL"),
        ({"CHATSITE_ROLE": "wep"}, "CHATSITE_ROLE must be one of web, worker, command"),
        ({"DATABASE_URL": "mysql://ann:s3cret@host/x"}, "DATABASE_URL must look like"),
    ],
)
def test_halves_that_cannot_work_are_refused_in_one_line(
    given: dict[str, str], words: str, clean_environment: dict[str, str], tmp_path: Path
) -> None:
    said = refusal({**clean_environment, "CHATSITE_DATA_DIR": str(tmp_path), **given})
    assert words in said
    assert len(said.splitlines()) == 1
    assert "s3cret" not in said


def test_nothing_of_them_is_loaded_while_neither_is_set(clean_environment: dict[str, str], tmp_path: Path) -> None:
    script = f"import chatsite.asgi, sys; print([name for name in {HEAVY} if name in sys.modules])"
    environment = {**clean_environment, "CHATSITE_DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
