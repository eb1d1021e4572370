"""A backup and the way back, on both engines: what was there is there again, or nothing was touched."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from conversations.management.archive.bundle import Manifest
from conversations.management.commands import restore
from tests.management.starting import ROOT, manage
from tests.needs import need_program
from tests.own_database import own_database
from tests.upgrades import dumps
from tests.upgrades.looking import looking

PICTURE = b"\x89PNG not really" * 1000
ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Place:
    """Where a site is: its data directory and, on PostgreSQL, its database."""

    data: Path
    environment: dict[str, str]

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        done = manage({**self.environment, **more}, *arguments)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def succeeds(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refuses(self, *arguments: str, **more: str) -> str:
        done = self.run(*arguments, **more)
        assert done.returncode == 1, done.stdout
        return done.stderr.strip()

    def fill(self) -> None:
        """With what happened on a small site once."""
        if url := self.environment.get("DATABASE_URL"):
            dumps.load_postgresql(dumps.path_of("0001_initial", "postgresql"), url)
        else:
            dumps.load_sqlite(dumps.path_of("0001_initial", "sqlite"), self.data / "chatsite.sqlite3")

    def change(self, statement: str) -> None:
        if url := self.environment.get("DATABASE_URL"):
            with psycopg.connect(url) as server:
                server.execute(statement)  # type: ignore[call-overload]
        else:
            with closing(sqlite3.connect(self.data / "chatsite.sqlite3")) as file, file:
                file.execute(statement)

    @property
    def content(self) -> list[str]:
        """Every row, in words."""
        if url := self.environment.get("DATABASE_URL"):
            return sorted(dumps.dump_postgresql("--data-only", url).splitlines())
        return dumps.dump_sqlite(self.data / "chatsite.sqlite3").splitlines()

    @property
    def media(self) -> dict[str, bytes]:
        folder = self.data / "media"
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def look(self) -> dict[str, Any]:
        with looking(self.environment) as look:
            return look(self.data, self.environment.get("DATABASE_URL", ""))


@contextmanager
def place(engine: str, data: Path, environment: dict[str, str]) -> Iterator[Place]:
    own = {**environment, "CHATSITE_DATA_DIR": str(data)}
    if engine == "sqlite":
        yield Place(data, own)
        return
    need_program("pg_dump")
    with own_database() as url:
        yield Place(data, {**own, "DATABASE_URL": url})


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def lived_in(engine: str, tmp_path: Path, clean_environment: dict[str, str]) -> Iterator[Place]:
    """A site with people, conversations, media and keys."""
    with place(engine, tmp_path / "lived_in", clean_environment) as site:
        (site.data / "media" / "ab").mkdir(parents=True)
        (site.data / "media" / "ab" / "picture.png").write_bytes(PICTURE)
        (site.data / "media" / "empty.txt").touch()
        site.fill()
        (site.data / "secret.key").write_text("KEY-OF-COOKIES\n")
        (site.data / "pseudonym.key").write_text("another\n")
        yield site


@pytest.fixture
def elsewhere(engine: str, tmp_path: Path, clean_environment: dict[str, str]) -> Iterator[Place]:
    """A machine where nothing of the site is yet."""
    with place(engine, tmp_path / "elsewhere", clean_environment) as site:
        yield site


def test_what_was_saved_lives_elsewhere(lived_in: Place, elsewhere: Place, tmp_path: Path) -> None:
    saved = tmp_path / "saved.tar"
    said = lived_in.succeeds("backup", str(saved))
    assert "with 4 people and 2 media files" in said
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("saved*")} == {0o600}
    assert b"KEY-OF-COOKIES" not in saved.read_bytes()
    said = elsewhere.succeeds("restore", str(saved))
    assert "with 4 people" in said
    assert elsewhere.content == lived_in.content
    assert elsewhere.media == lived_in.media == {"ab/picture.png": PICTURE, "empty.txt": b""}
    assert (elsewhere.data / "secret.key").read_text() == "KEY-OF-COOKIES\n"
    assert stat.S_IMODE((elsewhere.data / "secret.key").stat().st_mode) == 0o600
    assert elsewhere.look() == {"changed": [], "unseen": [], "troubles": []}


def test_a_site_is_replaced_only_when_wanted_and_then_kept(lived_in: Place, engine: str) -> None:
    lived_in.succeeds("backup")
    (saved,) = (lived_in.data / "backups").glob("*.tar")
    before = lived_in.content
    assert "--force" in lived_in.refuses("restore", str(saved))
    lived_in.change("UPDATE conversations_conversation SET title = 'Changed'")
    changed = lived_in.content
    (lived_in.data / "media" / "late.txt").write_text("late")
    said = lived_in.succeeds("restore", str(saved), "--force")
    assert lived_in.content == before != changed
    assert "late.txt" not in lived_in.media
    (aside,) = (lived_in.data / "backups").glob("replaced-*")
    assert f"What was there before is in {aside}." in said
    assert (aside / "media" / "late.txt").read_text() == "late"
    assert "KEY-OF-COOKIES" in (aside / "keys.json").read_text()
    assert any(path.name.startswith(("chatsite.sqlite3", "database.sql.gz")) for path in aside.iterdir())


def test_an_update_can_be_taken_back(lived_in: Place, engine: str) -> None:
    """Old schema, update, and back to the copy that was made before it; twice is the same."""
    before, media = lived_in.content, lived_in.media
    for _ in range(2):
        assert "up to date" in lived_in.succeeds("upgrade")
    (copy,) = [path for path in (lived_in.data / "backups").iterdir() if path.is_file()]
    assert lived_in.content != before
    assert "Restored as it was on" in lived_in.succeeds("restore", str(copy), "--force")
    assert lived_in.content == before
    assert lived_in.media == media


def test_a_database_of_a_newer_version_is_left_alone(lived_in: Place) -> None:
    lived_in.change(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('conversations', '9999_later', '2030-01-01')"
    )
    before = lived_in.content
    assert "newer version of this program (it has conversations.9999_later)" in lived_in.refuses("upgrade")
    assert lived_in.content == before
    assert not (lived_in.data / "backups").exists()


def test_a_backup_that_fails_in_the_end_changes_nothing(lived_in: Place, engine: str, tmp_path: Path) -> None:
    """The server refuses the last statement, or the file is not what SQLite wrote: the sums alone fit."""
    saved = tmp_path / "saved.tar"
    lived_in.succeeds("backup", str(saved))
    before, media = lived_in.content, lived_in.media
    forged(saved, engine)
    said = lived_in.refuses("restore", str(saved), "--force")
    assert "as it was before" in said or "is damaged" in said
    assert lived_in.content == before
    assert lived_in.media == media


def forged(path: Path, engine: str) -> None:
    """Spoil the database in a backup, and make a manifest that fits."""
    script = f"""
import gzip, json, sys, tempfile
from pathlib import Path
from conversations.management.archive.bundle import Bundle, Manifest, unpack
path = Path({str(path)!r})
with tempfile.TemporaryDirectory() as folder:
    manifest = unpack(path, Path(folder))
    for database in Path(folder).glob("database.*"):
        if database.suffix == ".gz":
            database.write_bytes(gzip.compress(gzip.decompress(database.read_bytes()) + b"SELECT no_such_thing;"))
        else:
            database.write_bytes(database.read_bytes()[:9000] + b"x" * 5000)
    path.unlink()
    with Bundle(path) as bundle:
        for file in sorted(Path(folder).rglob("*")):
            if file.is_file():
                bundle.add(file, file.relative_to(folder).as_posix())
        bundle.seal(Manifest(manifest.engine, manifest.made_at, manifest.migrations, manifest.people, bundle.files))
"""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "chatsite.settings"}
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True)


@pytest.mark.parametrize("engine", ["postgresql"])
class TestPostgresql:
    def test_without_its_programs_it_names_the_package(self, lived_in: Place, tmp_path: Path) -> None:
        said = lived_in.refuses("backup", str(tmp_path / "saved.tar"), PATH=str(tmp_path))
        assert said.endswith("pg_dump is not installed. On Debian and Ubuntu it is in the package postgresql-client.")
        assert list(tmp_path.glob("*saved*")) == []

    def test_an_update_without_a_copy_is_refused_unless_it_is_wanted(self, lived_in: Place, tmp_path: Path) -> None:
        said = lived_in.refuses("upgrade", PATH=str(tmp_path))
        assert "pg_dump is not installed" in said
        assert said.endswith("Without a copy: CHATSITE_COPY_BEFORE_UPDATE=false.")
        wanted = {"PATH": str(tmp_path), "CHATSITE_COPY_BEFORE_UPDATE": "false"}
        assert lived_in.run("upgrade", **wanted).returncode == 0

    def test_somebody_connected_is_in_the_way(self, lived_in: Place, tmp_path: Path) -> None:
        saved = tmp_path / "saved.tar"
        lived_in.succeeds("backup", str(saved))
        url = lived_in.environment["DATABASE_URL"]
        with subprocess.Popen(["psql", "-q", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as psql:
            assert psql.stdin is not None
            assert psql.stdout is not None
            psql.stdin.write("\\echo here\nSELECT 1;\n")
            psql.stdin.flush()
            psql.stdout.readline()
            said = lived_in.refuses("restore", str(saved), "--force")
            psql.stdin.close()
        assert "The database is in use (psql; connections: 1)" in said

    def test_the_password_is_no_argument(self, lived_in: Place, tmp_path: Path) -> None:
        """Programs that only say what they were asked stand in for the real ones."""
        fake = tmp_path / "bin" / "pg_dump"
        fake.parent.mkdir()
        fake.write_text(
            f'#!/bin/sh\necho "$@" >{tmp_path}/asked; for o; do :; done; f="${{o#*passfile=}}"\n'
            f'cat "${{f%% *}}" >{tmp_path}/file; stat -c %a "${{f%% *}}" >{tmp_path}/mode; exit 1\n'
        )
        fake.chmod(0o755)
        url = lived_in.environment["DATABASE_URL"].replace("postgres@", "postgres:pa%3Ass@")
        path = f"{fake.parent}:{os.environ['PATH']}"
        said = lived_in.refuses("backup", str(tmp_path / "saved.tar"), PATH=path, DATABASE_URL=url)
        assert "pg_dump failed: it did not say why" in said
        assert "pa:ss" not in (tmp_path / "asked").read_text()
        assert (tmp_path / "file").read_text() == "*:*:*:*:pa\\:ss"
        assert (tmp_path / "mode").read_text() == "600\n"


def test_a_backup_of_one_engine_is_not_for_the_other(tmp_path: Path, clean_environment: dict[str, str]) -> None:
    saved = tmp_path / "saved.tar"
    with place("sqlite", tmp_path / "file", clean_environment) as file, own_database() as url:
        file.data.mkdir()
        file.fill()
        file.succeeds("backup", str(saved))
        said = file.refuses("restore", str(saved), DATABASE_URL=url, CHATSITE_DATA_DIR=str(tmp_path / "new"))
    assert said.endswith("is a backup of SQLite, and this site is set to PostgreSQL (DATABASE_URL).")
    assert not (tmp_path / "new").exists()


def test_the_path_may_be_a_folder_and_nothing_is_replaced(tmp_path: Path, clean_environment: dict[str, str]) -> None:
    with place("sqlite", tmp_path / "file", clean_environment) as file:
        file.data.mkdir()
        assert "There is no database" in file.refuses("backup", str(tmp_path))
        file.fill()
        file.succeeds("backup", str(tmp_path))
        (saved,) = tmp_path.glob("backup-*.tar")
        assert "exists already" in file.refuses("backup", str(saved))
        keys = shutil.move(f"{saved}.keys.json", tmp_path / "keys.json")
        said = file.succeeds("restore", str(saved), "--force")
        assert "Without its keys" in said
        keys.write_text("no keys")
        assert "holds no keys" in file.refuses("restore", str(saved), "--force", "--keys", str(keys))


@pytest.mark.parametrize(
    ("migration", "newer"),
    [
        (["conversations", "0001_initial"], ""),
        (["conversations", "9999_later"], "conversations.9999_later"),
        (["an_app_that_went", "0001_initial"], ""),
    ],
)
def test_a_later_schema_is_recognised(migration: list[str], newer: str) -> None:
    saved = Manifest("sqlite", "", [["auth", "0001_initial"], migration], 0)
    assert restore._newer(saved) == newer
