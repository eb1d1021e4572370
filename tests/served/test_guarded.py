"""Somebody with the rights of the database's owner has taken a trigger of the record away: the site does not begin."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.own_database import own_database
from tests.served.cluster import own_redis
from tests.served.prepared import Prepared
from tests.served.site import START_SECONDS, Site, clean_environment

pytestmark = pytest.mark.served

ON_SERVER = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"


def refuses(site: Site, trigger: str) -> bool:
    site.launch()
    assert site.process is not None
    code, site.process = site.process.wait(START_SECONDS), None
    return code == 1 and f"A trigger that keeps the record from being changed is missing ({trigger})" in site.output


def test_on_sqlite(prepared: Prepared, tmp_path: Path) -> None:
    site = prepared.site(tmp_path / "data")
    with closing(sqlite3.connect(site.data / "chatsite.sqlite3")) as database:
        (trigger,) = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name").fetchone()
        database.execute(f'DROP TRIGGER "{trigger}"')
        database.commit()
    assert refuses(site, trigger)


def test_on_postgresql(prepared: Prepared, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with own_database() as url:
        prepared.on_server(data, url)
        with psycopg.connect(url) as database:
            ((trigger, table), *_) = database.execute(ON_SERVER).fetchall()
            names = map(sql.Identifier, (trigger, table))
            database.execute(sql.SQL("DROP TRIGGER {} ON {}").format(*names))
        assert refuses(Site(data, clean_environment(), DATABASE_URL=url, REDIS_URL=own_redis()), trigger)
