"""A site that is ready to be served, made once for a run of the tests: each that needs one of its own takes a copy.

To migrate, to collect files, to hash passwords and to sign in takes seconds, and would be the same every time.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.needs import need_program
from tests.own_database import own_database
from tests.served.site import Site, clean_environment, signed_in
from tests.upgrades import dumps

PEOPLE = {
    **dict.fromkeys(("ann", "bob", "carol", "guest", "leaver", "lister"), "member"),
    **dict.fromkeys(("ivy", "max"), "reviewer"),
    **dict.fromkeys(("root", "rita", "zoe"), "administrator"),
}
# Whom browsers need not sign in by the form.
KNOWN = ("ann",)


@dataclass(frozen=True, slots=True)
class Prepared:
    """PEOPLE have accounts and KNOWN have a session each."""

    folder: Path

    def site(self, data: Path, **settings: object) -> Site:
        """A site of one's own, not yet started; `data` is made."""
        shutil.copytree(self.folder / "data", data)
        site = Site(data, clean_environment(), **settings)
        site.cookies |= json.loads((self.folder / "cookies.json").read_text())
        return site

    def on_server(self, data: Path, url: str) -> None:
        """The same in an empty database of PostgreSQL; `data` is made."""
        sql = self.folder / "server.sql.gz"
        with _alone(self.folder):
            if not sql.exists():
                _make_on_server(self.folder / "server", sql)
        shutil.copytree(self.folder / "server", data)
        dumps.load_postgresql(sql, url)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Prepared:
    """The same for all workers: the first makes it, the others wait."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / f"prepared-{testrun_uid}"
    folder.mkdir(exist_ok=True)
    with _alone(folder):
        if not (folder / "cookies.json").exists():
            _make(folder)
    return Prepared(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_on_server(data: Path, sql: Path) -> None:
    need_program("pg_dump")
    with own_database() as url:
        with Site(data, clean_environment(), DATABASE_URL=url) as site:
            site.add_people(**PEOPLE)
        dumps.write(sql, dumps.dump_postgresql(url))


def _make(folder: Path) -> None:
    with Site(folder / "data", clean_environment()) as site:
        site.add_people(**PEOPLE)
        cookies = {name: _cookies(site, name) for name in KNOWN}
    (folder / "cookies.json").write_text(json.dumps(cookies))


def _cookies(site: Site, name: str) -> dict[str, str]:
    with signed_in(site, name) as visitor:
        return dict(visitor.http.cookies)
