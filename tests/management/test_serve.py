import os
import re
import signal
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.management.starting import ends, manage, refused, serving
from tests.waiting import eventually

pytestmark = pytest.mark.served

PASSWORD = "correct horse battery"


def change(data: Path, *statements: str) -> None:
    with closing(sqlite3.connect(data / "chatsite.sqlite3")) as database, database:
        for statement in statements:
            database.execute(statement)


def applied(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as database:
        return set(database.execute("SELECT app, name FROM django_migrations"))


def test_a_first_start_makes_everything_and_a_second_finds_it(environment: dict[str, str], data: Path) -> None:
    with serving(environment) as site:
        assert httpx.get(f"{site.address}/healthz").text == "ok\n"
        login = httpx.get(f"{site.address}/accounts/login/")
        style = re.search(r'href="(/static/[^"]+\.css)"', login.text)
        assert login.status_code == 200
        assert style is None or "immutable" in httpx.get(site.address + style[1]).headers["cache-control"]
        assert "Replies are simulated" in site.said
        first = re.search(r"/setup/(\S+)/", site.said)
        assert site.end(signal.SIGINT) == 0
    assert first is not None
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    loose = [path.name for path in data.iterdir() if path.is_file() and path.stat().st_mode & 0o077]
    assert loose == []
    key = (data / "secret.key").read_text()
    added = manage(environment, "adduser", "ann", "--role", "administrator", said=PASSWORD + "\n")
    assert added.returncode == 0, added.stderr
    with serving(environment) as site:
        assert "/setup/" not in site.said
        assert httpx.get(f"{site.address}/setup/{first[1]}/").headers["location"] == "/accounts/login/"
    assert (data / "secret.key").read_text() == key
    assert not (data / "backups").exists()


def test_a_taken_port_leaves_nothing_behind(environment: dict[str, str], data: Path, tmp_path: Path) -> None:
    with serving(environment) as site:
        port = site.address.rsplit(":", 1)[1]
        other = tmp_path / "other" / "data"
        said = refused({**environment, "PORT": port, "CHATSITE_DATA_DIR": str(other)})
        assert f"Port {port} is taken" in said
        assert not other.parent.exists()

        again = refused(environment)
        assert f"already running on {data} (process {site.process.pid})" in again
        assert httpx.get(f"{site.address}/healthz").status_code == 200


@pytest.mark.parametrize("folder", ["file/data", "file"])
def test_a_directory_that_cannot_be_used_is_named(environment: dict[str, str], tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("")
    said = refused({**environment, "CHATSITE_DATA_DIR": str(tmp_path / folder)})
    assert said.startswith(f"Cannot start: The data directory {tmp_path / folder} cannot be used")


def test_contradictory_settings_make_nothing(environment: dict[str, str], data: Path) -> None:
    said = refused({**environment, "ZAI_API_KEY": "id.one", "ZHIPUAI_API_KEY": "id.two"})
    assert "different keys" in said
    assert "id." not in said
    assert not data.exists()


def test_files_that_should_have_been_collected_are_missed(environment: dict[str, str], tmp_path: Path) -> None:
    collected = tmp_path / "collected"
    assert f"holds no collected files: {collected}" in refused({**environment, "CHATSITE_STATIC_DIR": str(collected)})
    prepared = {**environment, "CHATSITE_STATIC_DIR": str(collected)}
    assert manage(prepared, "collectstatic", "--no-input").returncode == 0
    with serving(prepared) as site:
        assert "stylesheet" in httpx.get(f"{site.address}/accounts/login/").text


def test_a_database_that_is_none_stays_as_it_is(environment: dict[str, str], data: Path) -> None:
    data.mkdir()
    (data / "chatsite.sqlite3").write_text("a letter to somebody" * 50)
    assert "cannot be used" in refused(environment)
    assert (data / "chatsite.sqlite3").read_text() == "a letter to somebody" * 50
    assert [path.name for path in data.iterdir()] == ["chatsite.sqlite3"]


def test_a_database_older_newer_or_broken(environment: dict[str, str], data: Path) -> None:
    """One story, because each start takes seconds."""
    with serving(environment) as site:
        assert site.end() == 0
    now = applied(data / "chatsite.sqlite3")

    change(data, "INSERT INTO django_migrations (app, name, applied) VALUES ('conversations', '9999_later', '')")
    assert "newer version of this program (it has conversations.9999_later)" in refused(environment)
    change(data, "DELETE FROM django_migrations WHERE name = '9999_later'")

    change(data, "DELETE FROM django_migrations WHERE app = 'sessions'")
    before = applied(data / "chatsite.sqlite3")
    assert "could not be updated and is as it was before: table" in refused(environment)
    assert applied(data / "chatsite.sqlite3") == before

    change(data, "DROP TABLE django_session")
    with serving(environment) as site:
        assert site.end() == 0
    assert applied(data / "chatsite.sqlite3") == now
    copies = sorted((data / "backups").iterdir())
    assert [path.suffix for path in copies] == [".sqlite3", ".sqlite3"]
    assert ("sessions", "0001_initial") not in applied(copies[-1])


def test_the_sandbox_starts_again_by_itself_and_dies_with_us(environment: dict[str, str]) -> None:
    with serving(environment) as site:
        (first,) = eventually(site.children)
        os.kill(first, signal.SIGKILL)
        (second,) = eventually(lambda: [child for child in site.children() if child != first], 20)
        site.end(signal.SIGKILL)
        ends(second)


def test_with_a_key_there_is_no_sandbox(environment: dict[str, str]) -> None:
    with serving({**environment, "ZHIPUAI_BASE_URL": "http://127.0.0.1:1"}) as site:
        assert site.children() == []
        assert "simulated" not in site.said
        assert site.end() == 0
